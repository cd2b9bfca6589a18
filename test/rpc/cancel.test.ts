// What travels beside a call, over the codecs that carry it: that it was given up, how long its caller waits, and what the
// caller sends along. Over those that do not, the caller is served all the same.
import { pipe, TimeoutError } from "toolkit/net";
import { type CallContext, type CodecName, newClient, type Reply, Server } from "toolkit/rpc";
import { describe, expect, onTestFinished, test } from "vitest";

class Watch {
  readonly calls: CallContext[] = [];
  #onCall: (() => void)[] = [];
  async Wait(_args: unknown, reply: Reply): Promise<void> {
    const { call } = reply;
    this.calls.push(call);
    for (const resolve of this.#onCall.splice(0)) resolve();
    await new Promise<void>((resolve) => onTestFinished(() => resolve())); // it is not told by its reply
  }
  Meta(_args: unknown, reply: Reply<string>): void {
    const { meta, deadline } = reply.call;
    reply.value = JSON.stringify([meta, deadline !== null]);
  }
  async called(): Promise<CallContext> {
    if (this.calls.length === 0) await new Promise<void>((resolve) => this.#onCall.push(resolve));
    return this.calls.at(-1) as CallContext;
  }
}

function connect(codec: CodecName) {
  const [ours, theirs] = pipe();
  const watch = new Watch();
  const server = new Server();
  server.register(watch);
  void server.serveConn(theirs, { codec });
  const client = newClient(ours, { codec });
  onTestFinished(() => client.close());
  return { client, watch };
}

async function aborted({ signal }: CallContext): Promise<unknown> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return signal.reason;
}

describe.each(["gob", "msgpack", "jsonrpc2"] as const)("over %s", (codec) => {
  test("a call that is given up is given up at the server too", async () => {
    const { client, watch } = connect(codec);
    const stop = new AbortController();
    const call = client.call("Watch.Wait", null, { signal: stop.signal });
    const context = await watch.called();
    const reason = new Error("changed my mind");
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(await aborted(context)).toMatchObject({ name: "CanceledError", code: "ERR_RPC_CANCELED" });
    expect(await client.call("Watch.Meta", null)).toBe("[{},false]");
  });

  test("the server knows how long its caller waits, and stops when that is over", async () => {
    const { client, watch } = connect(codec);
    const before = Date.now();
    const call = client.call("Watch.Wait", null, { timeoutMs: 60 });
    const context = await watch.called();
    const { deadline } = context;
    expect(deadline?.getTime()).toBeGreaterThanOrEqual(before + 60);
    expect(deadline?.getTime()).toBeLessThanOrEqual(Date.now() + 60);
    await expect(call).rejects.toThrow(TimeoutError);
    expect(await aborted(context)).toBeInstanceOf(Error);
  });

  test("what the caller sends along arrives", async () => {
    const { client } = connect(codec);
    const meta = { "trace-id": "4711", ü: "ß", "": "" };
    expect(await client.call("Watch.Meta", null, { meta, timeoutMs: 10_000 })).toBe(JSON.stringify([meta, true]));
  });

  test("what is cancelled as it is answered disturbs nobody", async () => {
    const { client } = connect(codec);
    for (let i = 0; i < 50; i++) {
      const stop = new AbortController();
      const call = client.call("Watch.Meta", null, { signal: stop.signal }).catch(() => "given up");
      for (let j = 0; j < i; j++) await Promise.resolve();
      stop.abort();
      await call;
    }
    expect(await client.call("Watch.Meta", null)).toBe("[{},false]");
  });
});

test("over jsonrpc the caller alone gives up, and what is sent along stays behind", async () => {
  const { client, watch } = connect("jsonrpc");
  const stop = new AbortController();
  const call = client.call("Watch.Wait", null, { signal: stop.signal });
  const { signal } = await watch.called();
  stop.abort("enough");
  await expect(call).rejects.toBe("enough");
  expect(await client.call("Watch.Meta", null, { meta: { a: "b" }, timeoutMs: 10_000 })).toBe("[{},false]");
  expect(signal.aborted).toBe(false);
});
