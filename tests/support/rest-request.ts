/** Puts each field of an input where REST has it: in the path, else in the body or the query. */
export function restRequest(
  method: string,
  template: string,
  input: unknown,
): { readonly method: string; readonly path: string; readonly body?: string } {
  let rest = input;
  const path = template.replaceAll(/\{(.+?)\}/g, (_match, name: string) => {
    const { [name]: value, ...others } = (rest ?? {}) as Record<string, unknown>;
    rest = others;
    return encodeURIComponent(String(value));
  });
  if (method === "POST" || method === "PUT") {
    return { method, path, ...(rest === undefined ? {} : { body: JSON.stringify(rest) }) };
  }
  const query = new URLSearchParams(
    Object.entries(rest ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return { method, path: `${path}?${query.toString()}` };
}
