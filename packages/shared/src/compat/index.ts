export {
  activityClientFrame,
  activityServerFrame,
  chatClientFrame,
  chatServerFrame,
  type ActivityServerFrame,
  type ChatServerFrame,
} from "./frames.ts";
