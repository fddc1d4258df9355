/** One address has some 28,000 ports to call from; the whole of 127/8 is this machine. */
const perAddress = 5000;

/** The address that the n-th connection calls from. */
export function localAddress(n: number): string {
  return `127.0.0.${2 + Math.floor(n / perAddress)}`;
}
