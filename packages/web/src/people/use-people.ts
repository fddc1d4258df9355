import { useCallback, useSyncExternalStore } from "react";
import { useServices } from "../services.tsx";
import { t } from "../i18n/i18n.ts";
import { useUserId } from "../session/use-user-id.ts";

/** Somebody as they are shown. */
export interface Person {
  readonly id: number;
  /** Always something to show. */
  readonly name: string;
}

const shownName = (name: string | null | undefined) =>
  name === undefined ? "…" : name === null || name === "" ? t("person.deleted") : name;

/** The name of somebody, to show. */
export function usePersonName(id: number): string {
  const { people } = useServices();
  const subscribe = useCallback((listener: () => void) => people.subscribe(id, listener), [people, id]);
  return shownName(useSyncExternalStore(subscribe, () => people.get(id)));
}

/** Somebody, to show. */
export function usePerson(id: number): Person {
  return { id, name: usePersonName(id) };
}

/** The names of several people, in the same order. */
export function usePeopleNames(ids: readonly number[]): readonly string[] {
  const { people } = useServices();
  const key = ids.join();
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = key === "" ? [] : key.split(",").map((id) => people.subscribe(Number(id), listener));
      return () => stops.forEach((stop) => stop());
    },
    [people, key],
  );
  // A text, so that it is the same as long as nothing has changed.
  const names = useSyncExternalStore(subscribe, () => ids.map((id) => shownName(people.get(id))).join("\n"));
  return names === "" ? [] : names.split("\n");
}

/** Who is signed in. Only inside of what the signed-in see. */
export function useMe(): Person {
  const id = useUserId();
  if (id === undefined) throw new Error("Nobody is signed in here.");
  return usePerson(id);
}
