import { PipeListener } from "toolkit/net";
import { newClient, type Reply, Server } from "toolkit/rpc";
import { expect, test } from "vitest";
class Arith { Multiply(args: { A: number; B: number }, reply: Reply<number>): void { reply.value = args.A * args.B; } }
test("smoke", async () => {
  const listener = new PipeListener(); const server = new Server(); server.register(new Arith()); const acc = server.accept(listener);
  const client = newClient(await listener.dial());
  expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
  expect(await client.service<Arith>("Arith").Multiply({ A: 7, B: 8 })).toBe(56);
  await server.shutdown(); await acc; await client.closed;
});
