import type { Addr } from "../../net/conn.js";
import { ServerError } from "../errors.js";
import type { InterceptedCall } from "../interceptor.js";

/** Attributes of a span. */
export type SpanAttributes = Record<string, string | number>;

/** The versions of the JSON-RPC codecs. */
const jsonVersions: Readonly<Partial<Record<string, string>>> = { jsonrpc: "1.0", jsonrpc2: "2.0" };

/** Splits `Arith.Multiply`; a service's name may hold dots, a method's does not. */
function splitName(serviceMethod: string): { readonly service: string; readonly method: string } {
  const dot = serviceMethod.lastIndexOf(".");
  return { service: serviceMethod.slice(0, Math.max(dot, 0)), method: serviceMethod.slice(dot + 1) };
}

/** Names a call's span as the conventions do: `Arith/Multiply`. */
export function spanName({ serviceMethod }: InterceptedCall): string {
  const { service, method } = splitName(serviceMethod);
  return service === "" ? method : `${service}/${method}`;
}

/**
 * Returns what is known of a call when it begins, under the names of the conventions. The address is the server's on a
 * client, the client's on a server.
 * @see {@link https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/ | OpenTelemetry: RPC spans}
 */
export function callAttributes(call: InterceptedCall): SpanAttributes {
  const { service, method } = splitName(call.serviceMethod);
  const version = jsonVersions[call.codec];
  return {
    ...(version === undefined
      ? { "rpc.system": "go_net_rpc" }
      : { "rpc.system": "jsonrpc", "rpc.jsonrpc.version": version }),
    ...(service === "" ? {} : { "rpc.service": service }),
    "rpc.method": method,
    ...addressAttributes(call.side === "client" ? "server" : "client", call.remoteAddr),
  };
}

/** Tells an address by its parts, where it has any: a host and a port, or a path. */
function addressAttributes(whose: "client" | "server", addr: Addr | null): SpanAttributes {
  const { hostname, port, path } = (addr ?? {}) as { hostname?: unknown; port?: unknown; path?: unknown };
  const address = hostname ?? path;
  return {
    ...(typeof address === "string" && address !== "" ? { [`${whose}.address`]: address } : {}),
    ...(typeof port === "number" && port !== 0 ? { [`${whose}.port`]: port } : {}),
  };
}

/** Returns what is known of a call that failed. */
export function errorAttributes(call: InterceptedCall, err: unknown): SpanAttributes {
  const code = err instanceof ServerError ? err.code : undefined;
  const isJSONCode = call.codec === "jsonrpc2" && typeof code === "number";
  return { "error.type": errorType(err), ...(isJSONCode ? { "rpc.jsonrpc.error_code": code } : {}) };
}

/** Names a kind of error: by its code, as `ERR_TIMEOUT`, or its name. */
function errorType(err: unknown): string {
  if (err instanceof ServerError) return String(err.code);
  const { code, name } = (err ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return typeof name === "string" && name !== "" ? name : "_OTHER";
}
