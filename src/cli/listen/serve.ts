import type { Conn } from "../../net/conn.js";
import { copy } from "../../net/io.js";
import { CloseError } from "../../ws/close-error.js";
import type { Conn as WSConn } from "../../ws/conn.js";
import { TextMessage } from "../../ws/constants.js";
import type { Context } from "../command.js";
import { describeBytes, dump, prefixed } from "../message-text.js";
import { printable } from "../printable.js";
import type { ListenOptions } from "./options.js";

const readBytes = 65_536;

/** Serves one connection to its end, and closes it. Rejects when it breaks. */
export async function serve(conn: Conn, number: number, options: ListenOptions, context: Context): Promise<void> {
  const log = new Log(number, options, context);
  try {
    await log.opened(conn.remoteAddr.toString());
    if ("readMessage" in conn) await serveMessages(conn as WSConn, options, log);
    else await serveBytes(conn, options, log);
  } finally {
    conn.close();
  }
}

async function serveBytes(conn: Conn, { does, once, target }: ListenOptions, log: Log): Promise<void> {
  const isDatagram = once && target.scheme === "udp"; // which have no end
  if (does === "echo" && !isDatagram) {
    await copy(conn, conn);
    return log.closed({});
  }
  const p = new Uint8Array(readBytes);
  for (let n = await conn.read(p); n !== null; n = await conn.read(p)) {
    const data = p.subarray(0, n);
    await (does === "echo" ? conn.write(data) : log.data(data));
    if (isDatagram) break;
  }
  await log.closed({});
}

async function serveMessages(conn: WSConn, { does }: ListenOptions, log: Log): Promise<void> {
  try {
    for (;;) {
      const { type, data } = await conn.readMessage();
      await (does === "echo" ? conn.writeMessage(type, data) : log.message(type === TextMessage, data));
    }
  } catch (err) {
    if (!(err instanceof CloseError)) throw err;
    await log.closed({ code: err.closeCode, reason: err.text });
  }
}

/** What `--json` prints, beside the connection's number. */
interface LogEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** Tells of one connection. */
class Log {
  readonly #number: number;
  readonly #context: Context;
  readonly #isRaw: boolean;

  constructor(number: number, { does }: ListenOptions, context: Context) {
    this.#number = number;
    this.#isRaw = does === "raw";
    this.#context = context;
  }

  opened(peer: string): Promise<void> {
    return this.#tell({ event: "open", peer }, `opened by ${peer}`);
  }

  closed(how: { readonly code?: number; readonly reason?: string }): Promise<void> {
    const { code, reason = "" } = how;
    const words = code === undefined ? "closed" : `closed with ${code} ${printable(reason)}`.trimEnd();
    return this.#tell({ event: "close", ...how }, words);
  }

  data(data: Uint8Array): Promise<void> {
    return this.#print({ event: "data", data }, data, () => describeBytes(data));
  }

  message(isText: boolean, data: Uint8Array): Promise<void> {
    const text = () => new TextDecoder().decode(data);
    const event = { event: "message", type: isText ? "text" : "binary", data: isText ? text() : data };
    return this.#print(event, data, () => (isText ? printable(text(), "\n\t") : dump(data)));
  }

  async #tell({ event, ...rest }: LogEvent, words: string): Promise<void> {
    const { output } = this.#context;
    if (output.json) await output.object({ event, conn: this.#number, ...rest });
    else await output.note(`#${this.#number} ${words}`);
  }

  async #print({ event, ...rest }: LogEvent, raw: Uint8Array, words: () => string): Promise<void> {
    const { output } = this.#context;
    if (output.json) await output.object({ event, conn: this.#number, ...rest });
    else if (this.#isRaw) await output.raw(raw);
    else await output.line(prefixed(`#${this.#number} `, words()));
  }
}
