/** Throws what nobody here may handle, as an uncaught error. */
export function throwUncaught(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
