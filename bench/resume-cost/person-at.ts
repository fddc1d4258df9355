import type { Person } from "../../tests/support/people.ts";

/** A person calls the server that they were made on: this one calls another on the same storage. */
export function personAt(url: string, person: Person): Person {
  return {
    ...person,
    call: (method, path, json) =>
      fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json" },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      }),
  };
}
