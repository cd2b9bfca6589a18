import { isIPv4, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { NetError, UnexpectedEOFError } from "../net/errors.js";
import { parseIP } from "../net/ip.js";

const version = 5;
const noAuthentication = 0;
const passwordAuthentication = 2;
const passwordVersion = 1;
const connectCommand = 1;
const [typeIPv4, typeName, typeIPv6] = [1, 3, 4];
const maxTextBytes = 255;

/** What the replies of RFC 1928 section 6 mean, in Go's words. */
const faults: readonly (string | undefined)[] = [
  undefined,
  "general SOCKS server failure",
  "connection not allowed by ruleset",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "TTL expired",
  "command not supported",
  "address type not supported",
];

/** Who we are to a proxy; empty for nobody. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Lets a SOCKS5 proxy connect to a host, whose name it looks up: afterwards the stream is a connection to it.
 * @throws {NetError} when it refuses, or does not speak SOCKS5
 * @see {@link https://www.rfc-editor.org/rfc/rfc1928 | RFC 1928}, {@link https://www.rfc-editor.org/rfc/rfc1929 | RFC 1929}
 */
export async function socksConnect(stream: Duplex, who: Credentials, host: string, port: number): Promise<void> {
  const isNobody = who.username === "" && who.password === "";
  const login = isNobody ? null : [passwordVersion, ...text(who.username), ...text(who.password)];
  const request = [version, connectCommand, 0, ...address(host), port >> 8, port & 0xff];
  const answers = new Answers(stream);
  stream.write(Uint8Array.from(isNobody ? [version, 1, 0] : [version, 2, noAuthentication, passwordAuthentication]));
  const [spoken, method] = await answers.next(2);
  if (spoken !== version) throw fault(`unexpected protocol version ${spoken}`);
  if (method === passwordAuthentication && login !== null) {
    stream.write(Uint8Array.from(login));
    const [, status] = await answers.next(2);
    if (status !== 0) throw fault("username/password authentication failed");
  } else if (method !== noAuthentication) {
    throw fault("no acceptable authentication methods");
  }
  stream.write(Uint8Array.from(request));
  await readReply(answers);
}

async function readReply(answers: Answers): Promise<void> {
  const [spoken, reply = 0, , type = 0] = await answers.next(4);
  if (spoken !== version) throw fault(`unexpected protocol version ${spoken}`);
  if (reply !== 0) throw fault(faults[reply] ?? `unknown code: ${reply}`);
  const port = 2;
  if (type === typeIPv4) await answers.next(4 + port);
  else if (type === typeIPv6) await answers.next(16 + port);
  else if (type === typeName) await answers.next(((await answers.next(1))[0] ?? 0) + port);
  else throw fault(`unknown address type ${type}`);
  answers.end();
}

function address(host: string): number[] {
  if (isIPv4(host)) return [typeIPv4, ...(parseIP(host)?.to4()?.bytes ?? [])];
  if (isIPv6(host)) return [typeIPv6, ...(parseIP(host)?.to16()?.bytes ?? [])];
  return [typeName, ...text(host)];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  if (bytes.byteLength <= maxTextBytes) return [bytes.byteLength, ...bytes];
  throw fault("a name, user or password of more than 255 bytes");
}

/** Reads the proxy's answers off a stream. */
class Answers {
  readonly #stream: Duplex;
  #waiting: Uint8Array = new Uint8Array(0);

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Reads exactly so many bytes. */
  async next(n: number): Promise<Uint8Array> {
    while (this.#waiting.byteLength < n) this.#waiting = Buffer.concat([this.#waiting, await this.#more()]);
    const bytes = this.#waiting.subarray(0, n);
    this.#waiting = this.#waiting.subarray(n);
    return bytes;
  }

  /** Checks that the proxy has said no more: whom it connects us to waits for us to begin. */
  end(): void {
    if (this.#waiting.byteLength > 0) throw fault("unexpected data behind its answer");
  }

  async #more(): Promise<Uint8Array> {
    const stream = this.#stream;
    for (;;) {
      const chunk = stream.read() as Uint8Array | null;
      if (chunk !== null) return chunk;
      if (stream.readableEnded || stream.destroyed) throw new UnexpectedEOFError();
      await change(stream);
    }
  }
}

/** Waits until there is something to read, or never will be. */
function change(stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const release = () => {
      for (const event of ["readable", "end", "close"]) stream.off(event, done);
      stream.off("error", fail);
    };
    const done = () => {
      release();
      resolve();
    };
    const fail = (err: Error) => {
      release();
      reject(err);
    };
    for (const event of ["readable", "end", "close"]) stream.on(event, done);
    stream.on("error", fail);
  });
}

function fault(what: string): NetError {
  return new NetError(`socks5: ${what}`, { code: "ERR_PROXY" });
}
