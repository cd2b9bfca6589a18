import { env } from "node:process";
import { NetError } from "../net/errors.js";
import { parseIP } from "../net/ip.js";
import { parseCIDR } from "../net/ip-net.js";
import { withoutBrackets } from "./dial-url.js";
import { proxyURL } from "./proxy.js";

/**
 * Tells which proxy the environment names for a URL: `HTTPS_PROXY` for `wss:` and `https:`, `HTTP_PROXY` for the others, or
 * the same in lower case; `null` for none.
 *
 * None either for this machine (`localhost`, `127.0.0.0/8`, `::1`), and for what `NO_PROXY` lists, separated by commas:
 * an address or a range (`10.0.0.0/8`), a name with all below it (`example.com`) or only what is below it
 * (`.example.com`), each with a port or without, or `*` for all.
 * @throws {NetError} when the environment's proxy is none, or is not to be trusted: `HTTP_PROXY` in a CGI program is
 * what the client sent
 * @see {@link https://pkg.go.dev/net/http#ProxyFromEnvironment | Go http.ProxyFromEnvironment}
 */
export function proxyFromEnvironment(url: URL): URL | null {
  const isSecure = url.protocol === "wss:" || url.protocol === "https:";
  const proxy = read(isSecure ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy === "") return null;
  if (!isSecure && (env["REQUEST_METHOD"] ?? "") !== "") {
    throw new NetError("refusing to use HTTP_PROXY value in CGI environment", { code: "ERR_PROXY" });
  }
  const port = url.port === "" ? (isSecure ? "443" : "80") : url.port;
  if (isExempt(withoutBrackets(url.hostname), port, read("NO_PROXY"))) return null;
  const parsed = proxyURL(proxy);
  if (parsed !== null && parsed.hostname !== "") return parsed;
  throw new NetError("invalid proxy address in the environment", { code: "ERR_PROXY" });
}

function read(name: string): string {
  return env[name] || env[name.toLowerCase()] || "";
}

function isExempt(host: string, port: string, list: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || parseIP(name)?.isLoopback() === true) return true;
  const rules = list
    .split(",")
    .map((rule) => rule.trim().toLowerCase())
    .filter((rule) => rule !== "");
  return rules.some((rule) => matches(rule, name, port));
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  const ip = parseIP(host);
  const range = parseRange(rule);
  if (range !== null) return ip !== null && range.contains(ip);
  const [, bracketed, bare = "", onPort] = /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(rule) ?? [];
  const whole = parseIP(rule) === null ? null : rule;
  if (whole === null && onPort !== undefined && onPort !== port) return false;
  const pattern = whole ?? bracketed ?? bare;
  const address = parseIP(pattern);
  if (address !== null) return ip !== null && address.equal(ip);
  const below = pattern.replace(/^\*?\./, ".");
  return below.startsWith(".") ? host.endsWith(below) : host === below || host.endsWith(`.${below}`);
}

function parseRange(rule: string) {
  try {
    return rule.includes("/") ? parseCIDR(rule).network : null;
  } catch {
    return null;
  }
}
