import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { NetError } from "../net/errors.js";
import { joinHostPort } from "../net/host-port.js";
import { responseOf } from "./dial-request.js";
import { type Proxy, ProxyError } from "./proxy.js";
import { socksConnect } from "./socks5.js";

/** Lets a proxy connect to a host: afterwards the stream is a connection to it. */
export function openTunnel(stream: Duplex, proxy: Proxy, host: string, port: number): Promise<void> {
  return proxy.kind === "http" ? httpConnect(stream, proxy, host, port) : socksConnect(stream, proxy, host, port);
}

/** Does CONNECT (RFC 9110 section 9.3.6). */
function httpConnect(stream: Duplex, proxy: Proxy, host: string, port: number): Promise<void> {
  const path = joinHostPort(host, port);
  const request = httpRequest({
    method: "CONNECT",
    path,
    headers: { Host: path, ...authorization(proxy) },
    createConnection: () => stream,
  });
  request.removeHeader("connection"); // Node would ask for its end
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.once("connect", (response: IncomingMessage, _socket: Duplex, head: Uint8Array) => {
      const err = faultOf(proxy, response, head);
      if (err === null) resolve();
      else reject(err);
    });
    request.end();
  });
}

function authorization({ username, password }: Proxy): { "Proxy-Authorization"?: string } {
  if (username === "" && password === "") return {};
  return { "Proxy-Authorization": `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

function faultOf({ authority }: Proxy, response: IncomingMessage, head: Uint8Array): ProxyError | null {
  const { statusCode = 0, statusMessage = "" } = response;
  if (statusCode < 200 || statusCode > 299) {
    const cause = new NetError(`${statusCode} ${statusMessage}`.trim(), { code: "ERR_PROXY" });
    return new ProxyError(authority, cause, responseOf(response, new Uint8Array(head.subarray(0, 1024))));
  }
  if (head.byteLength === 0) return null; // whom we connect to waits for us to begin
  return new ProxyError(authority, new NetError("unexpected data behind its answer", { code: "ERR_PROXY" }));
}
