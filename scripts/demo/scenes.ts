import type { Person } from "./cast.ts";

/** A message of the past: how many minutes after the one before it, who wrote it, and what. */
type Line = readonly [minutes: number, who: Person, text: string];

/** A conversation as the demonstration begins with it. */
export interface Scene {
  /** Of a group; none of two people, and null of the public one. */
  readonly name?: string | null;
  /** Who is in it, the one who made it first; nobody of the public one. */
  readonly members: readonly Person[];
  /** How many hours ago it began. */
  readonly hoursAgo: number;
  readonly lines: readonly Line[];
}

export const scenes: readonly Scene[] = [
  {
    name: null,
    members: [],
    hoursAgo: 70,
    lines: [
      [0, "sofia", "Good morning everybody! The new office plants have arrived, please adopt one."],
      [4, "tom", "I claim the monstera."],
      [1, "priya", "You killed the last one, Tom."],
      [2, "tom", "It was resting."],
      [190, "hugo", "Bonjour à tous, la fibre est rétablie au deuxième étage."],
      [3, "lea", "Merci Hugo !"],
      [
        1_260,
        "mateo",
        "Lunch talk today at 12:30: how we moved search to one table. Room Ada, and on the stream.",
      ],
      [22, "amina", "J'y serai. Il y aura un enregistrement ?"],
      [3, "mateo", "Yes, I'll post it here afterwards."],
      [1_310, "sofia", "Reminder: the kitchen is closed on Friday afternoon."],
      [12, "jonas", "And the coffee machine?"],
      [1, "sofia", "The coffee machine is never closed."],
    ],
  },
  {
    name: "Launch in spring",
    members: ["priya", "camille", "tom", "sofia", "jonas"],
    hoursAgo: 49,
    lines: [
      [
        0,
        "priya",
        "I've put the plan for the launch here: https://example.com/plans/spring\nComments until Thursday, please.",
      ],
      [9, "camille", "Thanks, reading it now."],
      [
        31,
        "camille",
        "I like it. Two questions: who writes the release notes, and do we keep the old importer for one more version?",
      ],
      [5, "jonas", "Keep it. Three customers still run it every night."],
      [2, "priya", "Then we keep it, and say so in the notes. Tom, could you write them?"],
      [6, "tom", "On it. First draft tomorrow."],
      [
        1_380,
        "tom",
        "Draft is up. The interesting part:\n```\ncauserie backup --to ./before-spring\ncauserie restore ./before-spring\n```\nBoth take seconds now.",
      ],
      [14, "sofia", "Can somebody check the second command on a Mac?"],
      [8, "jonas", "Works here."],
      [640, "priya", "One week to go. Is there anything that blocks us?"],
      [7, "sofia", "Only the screenshots. I need the dark ones again, the contrast was off."],
      [3, "jonas", "I'll make them tonight."],
    ],
  },
  {
    name: "Équipe produit",
    members: ["lea", "camille", "amina", "hugo"],
    hoursAgo: 46,
    lines: [
      [0, "lea", "J'ai relu les retours de la semaine : la recherche revient dans la moitié des messages."],
      [6, "amina", "Pas étonnant. On la montre trop tard, et seulement dans le menu."],
      [3, "hugo", "On pourrait la mettre en haut de la liste, avec `Ctrl+K`."],
      [11, "camille", "Oui ! Et garder la dernière recherche quand on revient."],
      [2, "lea", "Je fais une maquette pour demain."],
      [1_420, "lea", "Voilà : https://example.com/maquettes/recherche"],
      [19, "amina", "Très clair. Il manque juste l'état vide."],
      [4, "hugo", "Et le cas « aucun réseau »."],
      [420, "lea", "Corrigé. On la montre au comité lundi ?"],
    ],
  },
  {
    members: ["camille", "jonas"],
    hoursAgo: 27,
    lines: [
      [0, "jonas", "Hey, do you have a minute for the importer?"],
      [2, "camille", "Sure, what is it?"],
      [1, "jonas", "It reads dates like 03/04 as March. I'd rather refuse them than guess."],
      [3, "camille", "Agreed. A clear message, and nothing half imported."],
      [1, "jonas", "That's what I hoped you'd say. Pull request in an hour."],
      [1_020, "jonas", "It's merged. Thank you for the quick review!"],
    ],
  },
  {
    members: ["amina", "camille"],
    hoursAgo: 8,
    lines: [
      [0, "amina", "Coucou ! Tu viens au cours de poterie jeudi ?"],
      [25, "camille", "Avec plaisir, mais j'aurai dix minutes de retard."],
      [1, "amina", "Aucun problème, je te garde une place."],
      [300, "amina", "N'oublie pas ton tablier 🙂"],
    ],
  },
  {
    name: "Friday run",
    members: ["tom", "camille", "mateo", "sofia"],
    hoursAgo: 30,
    lines: [
      [0, "tom", "Who's in for 8 km along the river?"],
      [12, "mateo", "Me, if it is not raining."],
      [5, "sofia", "The forecast says 14 degrees and sun."],
      [1_400, "mateo", "Then I have no excuse left."],
    ],
  },
];

/** What bots go on saying, each to the conversation of that name, in a circle. */
export const chatter: readonly (readonly [conversation: string | null, who: Person, text: string])[] = [
  [null, "tom", "The monstera has a new leaf. I want that on record."],
  ["Launch in spring", "jonas", "Dark screenshots are done, all nine of them."],
  ["Launch in spring", "sofia", "They look great, thank you!"],
  ["Équipe produit", "hugo", "L'état vide est intégré, vous pouvez regarder."],
  ["Équipe produit", "amina", "Parfait, je teste tout de suite."],
  [null, "mateo", "The recording of the talk is online: https://example.com/talks/one-table"],
  [null, "lea", "Merci Mateo, je l'avais ratée."],
  ["Friday run", "sofia", "Meeting at the bridge at six?"],
  ["Friday run", "tom", "Six it is."],
  ["Launch in spring", "priya", "Release notes are final. `1.4.0` goes out on Tuesday at ten."],
  ["Équipe produit", "lea", "Le comité a dit oui. On commence mardi."],
  [null, "hugo", "Petit rappel : sauvegarde du serveur de test à 18 h."],
  ["Friday run", "mateo", "I'll bring water for everybody."],
  [null, "priya", "Does anybody have a spare adapter for the projector?"],
  [null, "jonas", "Second drawer on the left, next to the batteries."],
];

/** What bots answer to whom writes to them alone. */
export const answers: readonly string[] = [
  "Good question, give me a moment.",
  "Bonne idée !",
  "Agreed. Shall we talk about it tomorrow morning?",
  "Je regarde et je te redis.",
  "Ha, I was about to write you the same.",
  "Merci, c'est noté.",
];
