// What goes over the wire: JSON, one object in each message.

/** What a guest sends. */
export type FromGuest =
  /** Goes into a room, under a name; leaves the one before. */
  | { readonly type: "join"; readonly room: string; readonly name: string }
  /** Says something to all in the room. */
  | { readonly type: "say"; readonly text: string };

/** Something that was said; `at` is in milliseconds since 1970. */
export interface Said {
  readonly type: "said";
  readonly name: string;
  readonly text: string;
  readonly at: number;
}

/** What a guest gets. */
export type FromServer =
  | {
      readonly type: "welcome";
      readonly room: string;
      readonly name: string;
      readonly names: string[];
      readonly history: Said[];
    }
  | { readonly type: "refused"; readonly why: string }
  | { readonly type: "joined" | "left"; readonly name: string; readonly names: string[] }
  | Said;

const limits = { room: 30, name: 24, text: 1000 } as const;

/**
 * Checks what a guest sent: it is a stranger's.
 * @throws {SyntaxError} when it is no message of this protocol
 */
export function parse(json: string): FromGuest {
  const { type, room, name, text } = Object(JSON.parse(json)) as Record<string, unknown>;
  if (type === "join") return { type, room: line(room, limits.room), name: line(name, limits.name) };
  if (type === "say") return { type, text: line(text, limits.text) };
  throw new SyntaxError(`Unknown type of message: ${String(type)}`);
}

function line(value: unknown, max: number): string {
  const text = typeof value === "string" ? value.trim() : "";
  if (text === "" || text.length > max) throw new SyntaxError(`Expected 1 to ${max} characters`);
  return text;
}
