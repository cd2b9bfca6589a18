// What goes over the wire: JSON in text messages for control, the bytes of files in binary messages.
import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const bytes = z.int().nonnegative();

const fromClient = z.discriminatedUnion("type", [
  /** Asks for the list. */
  z.strictObject({ type: z.literal("list") }),
  /** Asks how much of a file is there; the server says `there`, or `refused`. */
  z.strictObject({ type: z.literal("put"), name: z.string(), size: bytes }),
  /** Goes on behind what is there, or from 0. Binary messages follow, one or many, until all of the file is sent. */
  z.strictObject({ type: z.literal("go"), offset: bytes }),
  /** Says what the whole file has to be; the server says `stored`, or `refused`. */
  z.strictObject({ type: z.literal("done"), sha256 }),
  /** Wants a file, from `offset` on if what is before has this sum; the server says `sending`, or `refused`. */
  z.strictObject({ type: z.literal("get"), name: z.string(), offset: bytes, sha256 }),
]);

/** What a client sends. */
export type FromClient = z.infer<typeof fromClient>;

/** A file that can be had. */
export interface FileInfo {
  readonly name: string;
  readonly size: number;
}

/** What a server sends. */
export type FromServer =
  | { readonly type: "files"; readonly files: readonly FileInfo[] }
  /** So much of the file is there, and this is its sum. */
  | { readonly type: "there"; readonly offset: number; readonly sha256: string }
  /** So much is stored by now. */
  | { readonly type: "at"; readonly offset: number }
  | { readonly type: "stored"; readonly size: number }
  /** One binary message follows, with all from `offset` on. */
  | { readonly type: "sending"; readonly size: number; readonly offset: number }
  /** That was all, and this is the sum of the whole file. */
  | { readonly type: "sent"; readonly sha256: string }
  | { readonly type: "refused"; readonly why: string };

/** The most bytes of a message in text. */
export const maxControlBytes = 8192;

/**
 * Checks what a client sent: it is a stranger's.
 * @throws {SyntaxError} when it is no message of this protocol
 */
export function parse(json: string): FromClient {
  const { data, error } = fromClient.safeParse(JSON.parse(json));
  if (error !== undefined) throw new SyntaxError(error.issues[0]?.message);
  return data;
}
