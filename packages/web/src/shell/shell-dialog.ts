/** What can be open above everything. */
export type ShellDialog = "message" | "group" | "keys";
