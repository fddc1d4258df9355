/** Who is in the demonstration. Everybody has the same password. */
export const password = "causerie demo";

export const cast = {
  camille: "Camille Martin",
  jonas: "Jonas Weber",
  amina: "Amina Benali",
  priya: "Priya Raman",
  tom: "Tom Okafor",
  lea: "Léa Dubois",
  mateo: "Mateo García",
  sofia: "Sofia Lindqvist",
  hugo: "Hugo Lefèvre",
} as const;

export type Person = keyof typeof cast;
export const people = Object.keys(cast) as Person[];

/** The one whose eyes the visitor looks through: no bot speaks for her. */
export const visitor: Person = "camille";

export const emailOf = (person: Person): string => `${person}@example.com`;
