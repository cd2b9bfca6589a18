import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DeflatingPeer, meetDeflating } from "./deflating-peer.js";
import { Binary, echo, meetEcho, type Peer, Ping, Pong, print, type Role, roles, say, stream, Text } from "./peer.js";

/** A message, and how it goes on its way. */
const message = fc.record({
  isText: fc.boolean(),
  size: fc.oneof(
    { weight: 5, arbitrary: fc.nat(300) },
    fc.nat(5000),
    fc.constantFrom(0, 125, 126, 65_535, 65_536, 200_000),
  ),
  isCompressed: fc.boolean(),
  fragment: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 2000 })),
  pings: fc.boolean(),
  seed: fc.nat(),
});
type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

function payloadOf({ isText, size, seed }: Message): Uint8Array {
  if (isText) return Buffer.from(`${seed} grüße 世界 😀 `.repeat(size / 16));
  return Uint8Array.from({ length: size }, (_, i) => (i * seed) >> (i & 7));
}

/** The frames of a message, of 100 fragments at most. */
async function framesOf(of: Message, peer: Peer, deflating: DeflatingPeer | null): Promise<Uint8Array[]> {
  const opcode = of.isText ? Text : Binary;
  const payload = payloadOf(of);
  const size = Math.max(of.fragment, Math.ceil(payload.byteLength / 100));
  let frames: Uint8Array[] = [];
  if (of.isCompressed && deflating !== null) frames = await deflating.frames(opcode, payload, size);
  else {
    const count = Math.max(1, Math.ceil(payload.byteLength / size));
    const cut = (i: number) => payload.subarray(count === 1 ? 0 : i * size, count === 1 ? undefined : (i + 1) * size);
    const odd = (i: number) => ({ fin: i === count - 1 });
    frames = Array.from({ length: count }, (_, i) => peer.frame(i === 0 ? opcode : 0, cut(i), odd(i)));
  }
  return of.pings ? frames.flatMap((frame) => [frame, peer.frame(Ping, "between")]) : frames;
}

/** Sends all, in pieces of these sizes, and requires every message back in order. */
async function run(peer: Peer, deflating: DeflatingPeer | null, messages: Message[], cuts: number[]): Promise<void> {
  const made: Uint8Array[] = [];
  for (const each of messages) made.push(...(await framesOf(each, peer, deflating)));
  const bytes = Buffer.concat(made);
  const sending = (async () => {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = Math.max(cuts[i % cuts.length] as number, Math.ceil(bytes.length / 200));
      await peer.send(bytes.subarray(at, at + size));
      at += size;
      await new Promise(setImmediate);
    }
  })();
  const want = messages.map((each) => say(each.isText ? Text : Binary, payloadOf(each)));
  const got: string[] = [];
  while (got.length < want.length) {
    const said = await (deflating ?? peer).message();
    if (said.opcode === Pong) expect(print(said)).toBe(say(Pong, "between"));
    else got.push(print(said));
  }
  expect(got).toEqual(want);
  await sending;
}

const script = [
  fc.array(message, { minLength: 1, maxLength: 12 }),
  fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }),
] as const;

const ways: readonly [string, (role: Role, behave: typeof echo) => Promise<[Peer, DeflatingPeer | null]>][] = [
  ["plain", async (role, behave) => [await meetEcho(role, {}, behave), null]],
  ["compressed", (role, behave) => deflating(role, behave, false)],
  ["compressed with context takeover", (role, behave) => deflating(role, behave, true)],
];

async function deflating(role: Role, behave: typeof echo, kept: boolean): Promise<[Peer, DeflatingPeer]> {
  const options = { enableCompression: { contextTakeover: kept, thresholdBytes: 100 } };
  const alone = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  const peer = await meetDeflating(role, { options, extensions: kept ? "permessage-deflate" : alone }, behave);
  return [peer.peer, peer];
}

describe.each(roles)("whatever is sent comes back in order, ours the %s", (role) => {
  for (const [how, behave] of [
    ["message by message", echo],
    ["as a stream", stream],
  ] as const) {
    test.each(ways)(`${how}, %s`, async (_, make) => {
      const [peer, other] = await make(role, behave);
      await fc.assert(
        fc.asyncProperty(...script, (messages, cuts) => run(peer, other, messages, cuts)),
        { numRuns: 10, endOnFailure: true },
      );
    });
  }
});
