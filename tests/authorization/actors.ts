/** Who calls, by what they are to what is called about. Each is one person, but for nobody. */
export const actors = {
  anonymous: "nobody: no token at all",
  stranger: "signed in, and nothing else",
  "ex-member": "was in the conversation, wrote in it and was taken out",
  member: "in the conversation",
  author: "in the conversation, and wrote the message",
  admin: "an admin of the conversation",
  owner: "the owner of the conversation, who made it",
  operator: "runs the server (`users.is_admin`), and is not in the conversation",
} as const;
export type Actor = keyof typeof actors;

export const actorNames = Object.keys(actors) as Actor[];

export const anonymous: readonly Actor[] = ["anonymous"];
export const insiders: readonly Actor[] = ["member", "author", "admin", "owner"];
export const outsiders: readonly Actor[] = ["stranger", "ex-member", "operator"];
export const signedIn: readonly Actor[] = [...outsiders, ...insiders];
export const everybody: readonly Actor[] = [...anonymous, ...signedIn];

/** The signed-in actors but for some. */
export function allBut(...excepted: readonly Actor[]): readonly Actor[] {
  return signedIn.filter((actor) => !excepted.includes(actor));
}
