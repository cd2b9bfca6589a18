import { once } from "node:events";
import { createServer as createHTTPServer, type Server as HTTPServer, type IncomingMessage } from "node:http";
import { createServer as createHTTPSServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";

/** What a proxy saw of a client. */
interface ProxyCall {
  /** Whom it was to connect to. */
  readonly target: string;
  /** The CONNECT request, or the bytes that a SOCKS client sent, message by message. */
  readonly headers: IncomingMessage["headers"];
  readonly sent: readonly (readonly number[])[];
}

/** A proxy on this machine. Whatever name it is to connect to, it connects to 127.0.0.1. */
export interface TestProxy {
  readonly port: number;
  readonly url: string;
  readonly calls: readonly ProxyCall[];
  close(): void;
}

/** How an HTTP proxy behaves. */
interface HTTPProxyOptions {
  /** A certificate, to speak TLS with clients. */
  pem?: { readonly cert: string; readonly key: string };
  /** What it answers instead of connecting. */
  answer?: string;
  /** Whether its answer comes byte by byte. */
  byteByByte?: boolean;
}

/** An HTTP proxy that knows CONNECT. */
export async function httpProxy(options: HTTPProxyOptions = {}): Promise<TestProxy> {
  const { pem, answer = "HTTP/1.1 200 Connection established\r\n\r\n" } = options;
  const calls: ProxyCall[] = [];
  const server = pem === undefined ? createHTTPServer() : createHTTPSServer(pem);
  const serve = async (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on("error", () => {});
    const { url = "", headers } = request;
    calls.push({ target: url, headers, sent: [] });
    const upstream = options.answer === undefined ? await connectTo(client, Number(url.split(":").at(-1))) : null;
    await send(client, Buffer.from(answer), options.byteByByte === true);
    if (upstream === null) return void client.end();
    client.unshift(head);
    client.pipe(upstream).pipe(client);
  };
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    serve(request, client, head).catch(() => client.destroy()); // nobody is there to connect to
  });
  return listening(server, pem === undefined ? "http" : "https", calls);
}

/** How a SOCKS5 proxy behaves. */
interface SocksProxyOptions {
  /** Who may use it; without, anybody. */
  login?: { readonly username: string; readonly password: string };
  /** What it answers to a request, instead of connecting. */
  reply?: readonly number[];
  /** The address that it says to have connected from. */
  bound?: readonly number[];
  /** Whether its answers come byte by byte. */
  byteByByte?: boolean;
}

/** A SOCKS5 proxy (RFC 1928, RFC 1929), by hand. */
export async function socksProxy(options: SocksProxyOptions = {}): Promise<TestProxy> {
  const calls: ProxyCall[] = [];
  const server = createServer((client) => {
    client.on("error", () => {});
    serveSocks(client, options, calls).catch(() => client.destroy()); // nobody is there to connect to
  });
  return listening(server, "socks5", calls);
}

async function serveSocks(client: Socket, options: SocksProxyOptions, calls: ProxyCall[]): Promise<void> {
  const { login, reply, bound = [1, 127, 0, 0, 1, 0, 80], byteByByte = false } = options;
  const answer = (...bytes: number[]) => send(client, Uint8Array.from(bytes), byteByByte);
  const sent = [await next(client)];
  await answer(5, login === undefined ? 0 : (sent[0]?.includes(2, 2) ?? false) ? 2 : 0xff);
  if (login !== undefined) {
    const message = await next(client);
    sent.push(message);
    const { username, password } = login;
    const want = [1, username.length, ...Buffer.from(username), password.length, ...Buffer.from(password)];
    const isGood = Buffer.compare(Uint8Array.from(message), Uint8Array.from(want)) === 0;
    await answer(1, isGood ? 0 : 1);
    if (!isGood) return void client.end();
  }
  const request = await next(client);
  if (request.length === 0) return; // it has gone
  sent.push(request);
  const target = targetOf(request);
  calls.push({ target, headers: {}, sent });
  if (reply !== undefined) {
    await answer(...reply);
    return void client.end();
  }
  const upstream = await connectTo(client, Number(target.split(":").at(-1)));
  await answer(5, 0, 0, ...bound);
  client.pipe(upstream).pipe(client);
}

/** A client waits for each answer, so that a chunk is a message; none if it goes. */
async function next(client: Socket): Promise<number[]> {
  client.resume();
  const [chunk] = (await Promise.race([once(client, "data"), once(client, "close").then(() => [])])) as [Buffer?];
  client.pause();
  return [...(chunk ?? [])];
}

function targetOf(request: readonly number[]): string {
  const [, , , type] = request;
  const port = (request.at(-2) ?? 0) * 256 + (request.at(-1) ?? 0);
  const address = request.slice(type === 3 ? 5 : 4, -2);
  return `${type === 3 ? Buffer.from(address).toString() : address.join(".")}:${port}`;
}

async function connectTo(client: Duplex, port: number): Promise<Socket> {
  const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  upstream.on("error", () => client.destroy()).once("close", () => client.destroy());
  client.on("error", () => upstream.destroy()).once("close", () => upstream.destroy());
  await once(upstream, "connect");
  return upstream;
}

async function send(client: Duplex, bytes: Uint8Array, byteByByte: boolean): Promise<void> {
  const step = byteByByte ? 1 : bytes.byteLength;
  for (let at = 0; at < bytes.byteLength; at += step) {
    client.write(bytes.subarray(at, at + step));
    if (byteByByte) await setImmediate();
  }
}

async function listening(server: Server | HTTPServer, scheme: string, calls: ProxyCall[]): Promise<TestProxy> {
  const open = new Set<Duplex>();
  server.on("connection", (socket: Duplex) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    calls,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
