// A call without a connection: what the client's observer is handed, and what of it reaches the server's.
import type { InterceptedCall, Interceptor, Next } from "toolkit/rpc";

/** A call as a client sees it. */
export function callOf(parts: Partial<InterceptedCall> = {}): InterceptedCall {
  return {
    side: "client",
    kind: "call",
    serviceMethod: "Arith.Multiply",
    args: { A: 7, B: 8 },
    meta: {},
    signal: null,
    remoteAddr: null,
    codec: "msgpack",
    ...parts,
  };
}

/** Watches a call that `next` makes. */
export async function watch(observe: Interceptor, call: InterceptedCall, next: Next): Promise<unknown> {
  return observe(call, next);
}

/** Carries a call from one observer to the other and into a method, as a connection would: by its bytes. */
export function carry(client: Interceptor, server: Interceptor, method: Next, call = callOf()): Promise<unknown> {
  return watch(client, call, async (sent) => {
    const meta = JSON.parse(JSON.stringify(sent.meta)) as Record<string, string>;
    await new Promise((resolve) => setImmediate(resolve));
    return watch(server, { ...sent, side: "server", meta }, method);
  });
}
