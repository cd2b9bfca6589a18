const networks = ["tcp", "tls", "unix", "udp", "ws", "wss"] as const;

/** The networks that the echo listens on. */
export type EchoNetwork = (typeof networks)[number];

/**
 * Takes an address such as `tcp://127.0.0.1:7`, `unix:/run/echo.sock` or `wss://example.com/echo` apart, for `dial`.
 * @throws {SyntaxError} when it is none
 */
export function parseAddress(text: string): { readonly network: EchoNetwork; readonly address: string } {
  const [, scheme, rest = ""] = /^(\w+):(.+)$/.exec(text) ?? [];
  const network = networks.find((each) => each === scheme);
  if (network === undefined)
    throw new SyntaxError(`No address of an echo: ${text}; it begins with ${networks.join(":, ")}:`);
  if (network === "ws" || network === "wss") return { network, address: text };
  return { network, address: rest.replace(/^\/\//, "") };
}
