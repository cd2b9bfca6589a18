import type { StreamConn } from "../../net/conn.js";
import { type Client, newClient } from "../../rpc/client.js";
import { connectHTTP } from "../../rpc/http/connect-client.js";
import { dial as dialTCP } from "../../tcp/dial.js";
import { dial as dialTLS } from "../../tls/dial.js";
import { dial as dialUnix } from "../../unix/dial.js";
import { dial as dialWS } from "../../ws/dial.js";
import type { CallOptions } from "./options.js";

/** A client, and the conn that it speaks over. */
export interface Connected {
  readonly client: Client;
  readonly conn: StreamConn;
}

/** Connects as the command line says. */
export async function connect(options: CallOptions, signal: AbortSignal): Promise<Connected> {
  const { codec, target, timeoutMs } = options;
  const start = performance.now();
  const conn = await dialTarget(options, signal);
  const { scheme, address, path } = target;
  if (scheme !== "http" && scheme !== "https") return { client: newClient(conn, { codec }), conn };
  const left = Math.max(1, timeoutMs - (performance.now() - start));
  const network = scheme === "http" ? "tcp" : "tls";
  const http = await connectHTTP(conn, { path: path || undefined, network, address, timeoutMs: left, signal });
  return { client: newClient(http, { codec }), conn };
}

function dialTarget({ target, timeoutMs, dial }: CallOptions, signal: AbortSignal): Promise<StreamConn> {
  const { scheme, address, url } = target;
  const { headers, ...tls } = dial;
  switch (scheme) {
    case "unix":
      return dialUnix(address, { signal, timeoutMs });
    case "ws":
    case "wss":
      return dialWS(url, { ...tls, headers, signal, timeoutMs });
    case "tls":
    case "https":
      return dialTLS(address, { ...tls, signal, timeoutMs });
    case "tcp":
    case "http":
    case "udp": // never, as such an address is none
      return dialTCP(address, { signal, timeoutMs });
  }
}
