/** Looked up at each call: tools that watch requests replace it. Called apart from its object, it fails in browsers. */
export const systemFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
