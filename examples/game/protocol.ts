// What goes over the WebSocket: text messages are JSON, as below; binary ones are inputs, and snapshots the other way.

/** What a client sends as text. */
export type FromClient =
  /** The first message: who wants to play. */
  | { readonly type: "join"; readonly name: string }
  /** Asks how long a message takes there and back; `at` is the client's own time. */
  | { readonly type: "ping"; readonly at: number };

/** What a client gets as text. */
export type FromServer =
  | Welcome
  /** Who plays, by number. */
  | { readonly type: "names"; readonly names: Readonly<Record<number, string>> }
  | { readonly type: "pong"; readonly at: number };

/** The answer to a join. */
export interface Welcome {
  readonly type: "welcome";
  /** The number that this player has in snapshots. */
  readonly id: number;
  readonly name: string;
  /** What to sign datagrams with, in base64. */
  readonly key: string;
  /** Where to send them: a port of the same host. */
  readonly udpPort: number;
}

/** The codes that the server closes with, beside those of the protocol. */
export const closeCodes = { full: 4000, idle: 4001 } as const;

/** How long a name may be. */
const maxNameLength = 16;

/**
 * Checks what a client sent: it is a stranger's.
 * @throws {SyntaxError} when it is no message of this protocol
 */
export function parse(json: string): FromClient {
  const { type, name, at } = Object(JSON.parse(json)) as Record<string, unknown>;
  if (type === "join") return { type, name: nameOf(name) };
  if (type === "ping" && typeof at === "number") return { type, at };
  throw new SyntaxError(`Unknown type of message: ${String(type)}`);
}

function nameOf(value: unknown): string {
  const name = typeof value === "string" ? value.trim() : "";
  if (name === "" || name.length > maxNameLength) throw new SyntaxError(`Expected 1 to ${maxNameLength} characters`);
  return name;
}
