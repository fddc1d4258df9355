import process from "node:process";
import { WebSocket } from "ws";

// A peer in a process of its own, which can be stopped or killed: it connects to the address given,
// asks something, and says so when it was answered.
const [address = "", ...frames] = process.argv.slice(2);
const socket = new WebSocket(address);
socket.on("open", () => frames.forEach((frame) => socket.send(frame)));
socket.once("message", () => process.stdout.write("answered\n"));
socket.on("close", () => process.exit(0));
