import { after } from "../../internal/after.js";
import type { Bytes } from "../../net/conn.js";
import { LimitError, NetError, OpError, TimeoutError, UnexpectedEOFError } from "../../net/errors.js";
import { writeAll } from "../../net/io.js";
import { ReplayConn, type ServableConn } from "../replay-conn.js";
import { connectedStatus, defaultRPCPath, encodeLatin1, headEnd } from "./connect-head.js";

/** Options of {@link connectHTTP}. */
export interface ConnectOptions {
  /** What to connect to. @default "/_goRPC_" */
  path?: string | undefined;
  /** The name of the network in errors. @default "tcp" */
  network?: string | undefined;
  /** The address in errors. @default the conn's */
  address?: string | undefined;
  /** How long the server may take to answer, in ms. @default 30_000 */
  timeoutMs?: number | undefined;
  /** Gives up: rejects with the signal's reason, and closes the conn. */
  signal?: AbortSignal | undefined;
}

const defaultTimeoutMs = 30_000;
const maxHeadBytes = 8192;
const latin1 = new TextDecoder("latin1");

/**
 * Asks an HTTP server for a connection to its RPC, in the words of Go's clients, and resolves to the conn to call on. The
 * conn is closed whenever this rejects.
 *
 * Rejects with an {@link OpError} such as `dial-http tcp 127.0.0.1:1: unexpected HTTP response: 404 Not Found`, and with
 * the signal's reason, untouched.
 * @throws {TypeError} for a path that cannot be sent
 * @see {@link https://pkg.go.dev/net/rpc#DialHTTPPath | Go rpc.DialHTTPPath}
 */
export async function connectHTTP(conn: ServableConn, options: ConnectOptions = {}): Promise<ReplayConn> {
  const { path = defaultRPCPath, timeoutMs = defaultTimeoutMs, signal } = options;
  try {
    signal?.throwIfAborted();
    if (!/^\/[\x21-\x7e]*$/.test(path)) throw new TypeError(`Cannot connect to path ${path}: it cannot be sent`);
    return await unlessOver(connect(conn, path), timeoutMs, signal);
  } catch (err) {
    conn.close();
    signal?.throwIfAborted();
    if (err instanceof TypeError) throw err;
    const { network = "tcp", address = conn.remoteAddr?.toString() ?? "" } = options;
    throw new OpError({ op: "dial-http", net: `${network} ${address}`.trim(), cause: err as Error });
  }
}

async function connect(conn: ServableConn, path: string): Promise<ReplayConn> {
  await writeAll(conn, encodeLatin1(`CONNECT ${path} HTTP/1.0\n\n`));
  const { head, rest } = await readHead(conn);
  const status = statusOf(head);
  if (status !== connectedStatus) throw malformed(`unexpected HTTP response: ${status}`);
  return new ReplayConn(conn, rest);
}

/** Reads a response's header, and perhaps some of what is behind it. */
async function readHead(conn: ServableConn): Promise<{ head: string; rest: Bytes }> {
  const bytes = new Uint8Array(maxHeadBytes);
  for (let filled = 0; filled < bytes.byteLength; ) {
    const n = await conn.read(bytes.subarray(filled));
    if (n === null) throw new UnexpectedEOFError(filled);
    filled += n;
    const text = latin1.decode(bytes.subarray(0, filled));
    checkBeginning(text);
    const end = headEnd(text);
    if (end >= 0) return { head: text.slice(0, end), rest: bytes.slice(end, filled) };
  }
  throw new LimitError(`more than ${maxHeadBytes} bytes of HTTP header`);
}

/** Fails as soon as an answer is none of HTTP's, whose end would never come. */
function checkBeginning(text: string): void {
  const beginning = "HTTP/";
  if (text.startsWith(beginning) || beginning.startsWith(text)) return;
  const line = text.split(/\r?\n/, 1)[0] as string;
  throw malformed(`malformed HTTP response ${JSON.stringify(line.slice(0, 80))}`);
}

/** Returns what stands behind the version, in Go's words where nothing does. */
function statusOf(head: string): string {
  const line = (head.split("\n", 1)[0] as string).replace(/\r$/, "");
  const space = line.indexOf(" ");
  if (space < 0) throw malformed(`malformed HTTP response ${JSON.stringify(line)}`);
  const version = line.slice(0, space);
  const status = line.slice(space).trimStart();
  const code = status.split(" ", 1)[0] as string;
  if (!/^\d{3}$/.test(code)) throw malformed(`malformed HTTP status code ${JSON.stringify(code)}`);
  if (!/^HTTP\/\d\.\d$/.test(version)) throw malformed(`malformed HTTP version ${JSON.stringify(version)}`);
  return status;
}

function malformed(words: string): NetError {
  return new NetError(words, { code: "ERR_RPC_HTTP" });
}

/** Waits for work that nobody can stop, but not for ever. */
async function unlessOver<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal | undefined): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = () => {};
  const over = new Promise<never>((_, reject) => {
    timer = after(timeoutMs, () => reject(new TimeoutError()));
    onAbort = () => reject(signal?.reason as Error);
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) onAbort();
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
