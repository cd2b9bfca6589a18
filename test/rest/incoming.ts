import { hostOf, type Incoming } from "../../src/rest/incoming.js";
import { parseTarget } from "../../src/rest/node/target.js";

/** A request as a server of HTTP/1.1 sees it: its target is what came over the wire. */
export function incomingOf(
  method: string,
  host: string,
  target: string,
  headers: Record<string, string> = {},
): Incoming {
  const { path, search } = parseTarget(target);
  const request = new Request(`http://localhost${path === "*" ? "/" : path}${search}`, { method, headers });
  return {
    method,
    host: hostOf(host),
    path,
    search,
    base: "",
    request,
    hasBody: false,
    url: () => new URL(request.url),
    signal: request.signal,
    header: (name) => request.headers.get(name),
    read: () => Promise.resolve(new Uint8Array()),
  };
}
