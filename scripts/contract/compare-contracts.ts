import type { Break, Contract, Direction, Member, Shape } from "./shape.ts";

const opposite = { in: "out", out: "in" } as const;

/**
 * Every change from `was` to `now` that breaks somebody; what is merely new does not. What has a name
 * is compared once, under that name, in each direction in which the promises lead to it.
 */
export function compareContracts(was: Contract, now: Contract): Break[] {
  const breaks: Break[] = [];
  const reached = new Map<string, Set<Direction>>();
  const left: [name: string, way: Direction][] = [];

  function reach(name: string, way: Direction): void {
    const ways = reached.get(name) ?? new Set();
    if (ways.has(way)) return;
    reached.set(name, ways.add(way));
    left.push([name, way]);
  }
  const compare = (subject: string, before: Shape, after: Shape, way: Direction) => {
    for (const what of compareShapes(before, after, way, was.named, now.named, reach))
      if (!breaks.some((one) => one.subject === subject && one.what === what)) breaks.push({ subject, what });
  };
  const compareReached = () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [name, way] = next;
      const [before, after] = [was.named[name], now.named[name]];
      if (before && after) compare(name, before, after, way);
    }
  };

  for (const [subject, before] of Object.entries(was.promises)) {
    const after = now.promises[subject];
    if (!after) breaks.push({ subject, what: "is gone" });
    else if (before.direction !== "as used") compare(subject, before.shape, after.shape, before.direction);
  }
  compareReached();
  // A type that nothing leads to is at least what somebody gets.
  for (const { direction, shape } of Object.values(was.promises))
    if (direction === "as used" && shape.kind === "ref" && !reached.has(shape.name)) reach(shape.name, "out");
  compareReached();
  return breaks;
}

type Named = Contract["named"];

function compareShapes(
  from: Shape,
  to: Shape,
  way: Direction,
  was: Named,
  now: Named,
  reach: (name: string, way: Direction) => void,
): string[] {
  const seen = new Set<string>();

  const resolved = (shape: Shape, named: Named): Shape =>
    shape.kind === "ref" ? (named[shape.name] ?? { kind: "atom", text: shape.name }) : shape;

  const membersOf = (shape: Shape, named: Named): Shape[] => {
    const whole = resolved(shape, named);
    return whole.kind === "union" ? whole.of.flatMap((one) => membersOf(one, named)) : [whole];
  };

  function compareMember(before: Member, after: Member, way: Direction, at: string): string[] {
    const found = compare(before.shape, after.shape, way, at);
    if (way === "in" && !before.required && after.required) found.push(`${at} is required now`);
    if (way === "out" && before.required && !after.required) found.push(`${at} may be missing now`);
    return found;
  }

  function compareUnions(before: Shape[], after: Shape[], way: Direction, at: string): string[] {
    const found: string[] = [];
    const matched = new Set<Shape>();
    for (const one of before) {
      const tries = after
        .filter((other) => sameKind(one, other))
        .map((other) => ({ other, breaks: compareOne(one, other, way, at) }))
        .sort((a, b) => a.breaks.length - b.breaks.length);
      const [best] = tries;
      if (!best) found.push(`${at} is never ${shown(one)} any more`);
      else {
        matched.add(best.other);
        found.push(...best.breaks);
      }
    }
    // New values of a kind that was there are what programs have a default branch for; a new kind is not.
    if (way === "out")
      for (const other of after)
        if (!matched.has(other) && !before.some(({ kind }) => kind === other.kind && kind !== "atom"))
          found.push(`${at} may be ${shown(other)} now`);
    return found;
  }

  function compareOne(one: Shape, other: Shape, way: Direction, at: string): string[] {
    if (one.kind === "object" && other.kind === "object")
      return Object.entries(one.properties)
        .flatMap(([name, before]) => {
          const after = other.properties[name];
          const place = `${at}.${name}`;
          return after ? compareMember(before, after, way, place) : [`${place} is gone`];
        })
        .concat(
          Object.entries(other.properties).flatMap(([name, { required }]) =>
            way === "in" && required && !(name in one.properties) ? [`${at}.${name} is required now`] : [],
          ),
        );
    if (one.kind === "generic" && other.kind === "generic")
      return one.parts.flatMap((part, index) => {
        const after = other.parts[index];
        return after ? compare(part, after, way, `${at}[]`) : [`${at} has fewer parts`];
      });
    if (one.kind === "function" && other.kind === "function") {
      const found = compare(one.returns, other.returns, way, `${at}()`);
      for (const [index, before] of one.parameters.entries()) {
        const after = other.parameters[index];
        if (after) found.push(...compareMember(before, after, opposite[way], `${at}(${index + 1})`));
        else found.push(`${at}(${index + 1}) is gone`);
      }
      for (const added of other.parameters.slice(one.parameters.length))
        if (added.required) found.push(`${at} needs another argument`);
      return found;
    }
    if (one.kind === "atom" && other.kind === "atom") return compareLimits(one.limits, other.limits, way, at);
    return [];
  }

  function compare(before: Shape, after: Shape, way: Direction, at: string): string[] {
    if (before.kind === "ref" && after.kind === "ref" && before.name === after.name && before.name in was) {
      reach(before.name, way);
      return [];
    }
    // What refers to itself has been looked at when it comes round again.
    const key = `${way} ${JSON.stringify([before, after])}`;
    if (before.kind === "ref" || after.kind === "ref") {
      if (seen.has(key)) return [];
      seen.add(key);
    }
    return compareUnions(membersOf(before, was), membersOf(after, now), way, at);
  }

  return [...new Set(compare(from, to, way, ""))].map((what) => what.replace(/^\./, ""));
}

/** What tells a kind of object from the others in its union. */
const tagOf = (shape: Shape) => {
  const tag = shape.kind === "object" ? shape.properties["type"]?.shape : undefined;
  return tag?.kind === "literal" ? tag.text : undefined;
};

function sameKind(one: Shape, other: Shape): boolean {
  if (one.kind === "object" && other.kind === "object") return tagOf(one) === tagOf(other);
  if (one.kind === "atom" && other.kind === "literal") return false;
  if (one.kind !== other.kind) return false;
  if (one.kind === "literal" || one.kind === "atom") return one.text === (other as typeof one).text;
  return one.kind !== "generic" || one.name === (other as typeof one).name;
}

function shown(shape: Shape): string {
  if (shape.kind === "literal" || shape.kind === "atom") return shape.text;
  return tagOf(shape) ?? (shape.kind === "generic" ? shape.name : `what is called ${shape.kind}`);
}

type Limits = Readonly<Record<string, number>> | undefined;

/** A limit may be loosened for what is handed in, and tightened for what is handed out. */
function compareLimits(was: Limits, now: Limits, way: Direction, at: string): string[] {
  return [...new Set([...Object.keys(was ?? {}), ...Object.keys(now ?? {})])].flatMap((name) => {
    const none = name.startsWith("max") || name === "exclusiveMaximum" ? Infinity : -Infinity;
    const [before, after] = [was?.[name] ?? none, now?.[name] ?? none];
    const isTighter = none > 0 ? after < before : after > before;
    return before !== after && way === "in" && isTighter ? [`${at} has ${name} ${after} now`] : [];
  });
}
