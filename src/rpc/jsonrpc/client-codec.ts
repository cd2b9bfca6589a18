import type { Addr, Closer, Reader, Writer } from "../../net/conn.js";
import type { Awaitable, BodyType, ClientCodec, CodecLimits, Request, Response } from "../codec.js";
import { ProtocolError } from "../errors.js";
import { escapeHTML } from "../json/format.js";
import { kindOf, type RawJSON } from "../json/raw.js";
import { TextStream } from "../json/text-stream.js";
import { readResponse } from "./stream.js";

/**
 * Makes calls in JSON-RPC 1.0: the counterpart of {@link JSONServerCodec}. The arguments are the one element of `params`.
 * @see {@link https://pkg.go.dev/net/rpc/jsonrpc#NewClientCodec | Go jsonrpc.NewClientCodec}
 */
export class JSONClientCodec implements ClientCodec {
  /** `jsonrpc`. */
  readonly name = "jsonrpc";
  /** What is read by a schema of `toolkit/gob` fits it. */
  readonly isTyped = true;
  readonly #stream: TextStream;
  readonly #response: Response = { serviceMethod: "", seq: 0, error: "" };
  #result: RawJSON | null = null;

  constructor(conn: Reader & Writer & Closer, limits: CodecLimits = {}) {
    this.#stream = new TextStream(conn, limits);
  }

  get remoteAddr(): Addr | null {
    return this.#stream.remoteAddr;
  }

  writeRequest({ serviceMethod, seq }: Request, args: unknown, type?: BodyType): Awaitable<void> {
    const params = this.#stream.values.encode(args, type?.schema) ?? "null";
    const text = `{"method":${JSON.stringify(serviceMethod)},"params":[${params}],"id":${seq}}`;
    return this.#stream.write(`${escapeHTML(text)}\n`);
  }

  /**
   * Reads the next header. Its method is empty: the wire does not tell it.
   * @throws {ProtocolError} in Go's words for what Go does not take, as `invalid error map[code:1]`
   */
  readResponseHeader(): Awaitable<Response | null> {
    const found = this.#stream.next();
    if (found instanceof Promise) return found.then((isThere) => (isThere ? this.#header() : null));
    return found ? this.#header() : null;
  }

  readResponseBody(type: BodyType | null): Awaitable<unknown> {
    return type === null ? undefined : this.#stream.values.decode(this.#result ?? "null", type);
  }

  close(): void {
    this.#stream.close();
  }

  #header(): Response {
    try {
      const { id, result, error } = readResponse(this.#stream.text());
      this.#response.seq = id;
      this.#response.error = error !== null || result === null ? errorOf(error) : "";
      this.#result = result;
      return this.#response;
    } catch (err) {
      this.#stream.refuse(err);
      throw err;
    }
  }
}

/** An error is a string, and nothing else; an empty one says so. */
function errorOf(raw: RawJSON | null): string {
  if (raw === null || kindOf(raw) !== "string") throw new ProtocolError(`invalid error ${goText(raw)}`);
  return (JSON.parse(raw) as string) || "unspecified error";
}

/** How much of what is no error is shown. */
const shownChars = 256;

/** Spells a value about as Go's `%v` does. */
function goText(raw: RawJSON | null): string {
  if (raw === null) return "<nil>";
  return goValue(JSON.parse(raw)).slice(0, shownChars);
}

function goValue(value: unknown): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goValue).join(" ")}]`;
  if (typeof value === "string") return value;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, each]) => `${key}:${goValue(each)}`).join(" ")}]`;
}
