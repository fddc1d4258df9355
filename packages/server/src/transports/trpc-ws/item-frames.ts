import { textFrame } from "../../realtime/text-frame.ts";
import { itemTail, type ReplyHead } from "./replies.ts";

/** Makes the frame of an item of a subscription. */
export type ItemFrames = (head: ReplyHead, item: unknown) => Buffer;

/**
 * An event goes to all its subscribers one after another: its JSON is made once, and one
 * frame for each head, which all sockets with that request id share.
 */
export function createItemFrames(): ItemFrames {
  let last:
    { readonly item: unknown; readonly tail: string; readonly frames: Map<ReplyHead, Buffer> } | undefined;

  return (head, item) => {
    if (!last || last.item !== item) last = { item, tail: itemTail(item), frames: new Map() };
    let frame = last.frames.get(head);
    if (!frame) {
      frame = textFrame(head + last.tail);
      last.frames.set(head, frame);
    }
    return frame;
  };
}
