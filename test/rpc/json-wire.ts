// A peer by hand that speaks text, and methods by hand that a codec is served with.
import { type Closer, pipe, type Reader, type StreamConn, type Writer } from "toolkit/net";
import type { Request, Response } from "toolkit/rpc";
import type { ServerCodec } from "../../src/rpc/codec.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The other end of a conn, worked by hand. */
export class TextHand {
  readonly conn: StreamConn;
  #rest = "";

  constructor(conn: StreamConn) {
    this.conn = conn;
  }
  async send(text: string, step = text.length): Promise<void> {
    const bytes = encoder.encode(text);
    const size = step === text.length ? Math.max(1, bytes.length) : step;
    for (let at = 0; at < bytes.length; at += size) await this.conn.write(bytes.subarray(at, at + size));
  }
  /** Reads a line; `null` at the end. */
  async line(): Promise<string | null> {
    for (;;) {
      const at = this.#rest.indexOf("\n");
      if (at >= 0) {
        const line = this.#rest.slice(0, at);
        this.#rest = this.#rest.slice(at + 1);
        return line;
      }
      const p = new Uint8Array(65_536);
      const n = await this.conn.read(p);
      if (n === null) return null;
      this.#rest += decoder.decode(p.subarray(0, n));
    }
  }
  /** Ends our side, and reads all lines that are left. */
  async rest(): Promise<string[]> {
    await this.conn.closeWrite();
    const lines: string[] = [];
    for (let line = await this.line(); line !== null; line = await this.line()) lines.push(line);
    return lines;
  }
}

/** A conn, and the peer that speaks on its other end. */
export function textPeer(): { conn: StreamConn; hand: TextHand } {
  const [conn, other] = pipe();
  return { conn, hand: new TextHand(other) };
}

/** A conn that gives what it is told to, in pieces of `step` bytes, and keeps what is written. */
export function scripted(
  text: string | Uint8Array,
  step = Number.POSITIVE_INFINITY,
): Reader & Writer & Closer & { written: string } {
  let rest = typeof text === "string" ? encoder.encode(text) : text;
  return {
    written: "",
    read(p) {
      if (rest.length === 0) return Promise.resolve(null);
      const n = Math.min(step, p.length, rest.length);
      p.set(rest.subarray(0, n));
      rest = rest.subarray(n);
      return Promise.resolve(n);
    },
    write(p) {
      this.written += decoder.decode(p);
      return Promise.resolve(p.length);
    },
    close() {},
  };
}

/** What a method is: it returns its reply, or throws. */
export type Methods = Readonly<Record<string, (args: unknown) => unknown>>;

/** Serves a codec until it is at its end, one call after the other. */
async function serveMethods(codec: ServerCodec, methods: Methods): Promise<void> {
  for (;;) {
    const request = await codec.readRequestHeader();
    if (request === null) break;
    await serveMethod(codec, { ...request }, methods);
  }
  await codec.flush?.();
  codec.close();
}

async function serveMethod(codec: ServerCodec, { serviceMethod, seq }: Request, methods: Methods): Promise<void> {
  const method = Object.hasOwn(methods, serviceMethod) ? methods[serviceMethod] : undefined;
  const response: Response = { serviceMethod, seq, error: "" };
  let reply: unknown;
  try {
    const args = await codec.readRequestBody(method === undefined ? null : {});
    if (method !== undefined) reply = method(args);
    else Object.assign(response, { error: "Method not found", code: "ERR_RPC_NO_METHOD" });
  } catch (err) {
    const { message, code, data } = err as { message: string; code?: number; data?: unknown };
    Object.assign(response, { error: message, code, data });
  }
  await codec.writeResponse(response, reply);
}

/** What a server answers to a text that comes in pieces of so many bytes. */
export async function answersTo(
  text: string | Uint8Array,
  make: (conn: ReturnType<typeof scripted>) => ServerCodec,
  methods: Methods = {},
  step?: number,
): Promise<string> {
  const conn = scripted(text, step);
  await serveMethods(make(conn), methods);
  return conn.written;
}
