import type { StreamConn } from "toolkit/net";

/** Gives what a conn reads one byte at a time. */
export function slowly(conn: StreamConn): StreamConn {
  return new Proxy(conn, {
    get(target, key) {
      if (key === "read") return (p: Uint8Array) => target.read(p.subarray(0, 1));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
