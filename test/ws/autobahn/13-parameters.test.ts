import { describe, expect, test } from "vitest";
import { BadHandshakeError, type DialOptions } from "../../../src/ws/index.js";
import { meetDeflating } from "./deflating-peer.js";
import { Binary, meet, meetEcho, print, type Role, say, Text } from "./peer.js";

type Compression = NonNullable<DialOptions["enableCompression"]>;

/** Repeats itself at distances that small windows do not reach, and within them. */
const data = (n: number) => {
  const block = crypto.getRandomValues(new Uint8Array(700));
  const all = new Uint8Array(n);
  for (let at = 0; at < n; at += block.length) all.set(block.subarray(0, n - at), at);
  return all;
};

/** Has every size go to and fro, compressed as agreed: the peer inflates with no larger window, nor older context. */
async function exchange(role: Role, compression: Compression, extensions: string): Promise<void> {
  const options = { enableCompression: compression === true ? { thresholdBytes: 0 } : compression };
  const peer = await meetDeflating(role, { options, extensions });
  for (const n of [16, 64, 256, 700, 1024, 8192, 40_000, 131_072, 1024, 8192]) {
    await peer.echo(Binary, data(n));
    await peer.echo(Text, "lorem ipsum ".repeat(n / 12), 1000);
  }
}

const own = { thresholdBytes: 0 };
const kept = { contextTakeover: true, thresholdBytes: 0 };

describe("13, a client's offer", () => {
  const alone = "server_no_context_takeover; client_no_context_takeover";
  test.each<[string, Compression, string, RegExp]>([
    ["13.1", own, "permessage-deflate; client_max_window_bits", /server_no_context_takeover/],
    ["13.2", own, `permessage-deflate; ${alone}; client_max_window_bits`, /server_no_context_takeover/],
    ["13.3", own, `permessage-deflate; client_max_window_bits; server_max_window_bits=9`, /server_max_window_bits=9/],
    ["13.4", own, `permessage-deflate; client_max_window_bits; server_max_window_bits=15`, /permessage-deflate/],
    ["13.5", own, `permessage-deflate; ${alone}; server_max_window_bits=9`, /server_max_window_bits=9/],
    ["13.6", own, `permessage-deflate; ${alone}; server_max_window_bits=15`, /server_no_context_takeover/],
    [
      "13.7, the first of several that can be",
      own,
      `permessage-deflate; ${alone}; server_max_window_bits=9, permessage-deflate; ${alone}, permessage-deflate`,
      /server_max_window_bits=9/,
    ],
    ["nothing asked, contexts kept", kept, "permessage-deflate", /^permessage-deflate$/],
    ["13.1, contexts kept", kept, "permessage-deflate; client_max_window_bits", /^permessage-deflate/],
    ["13.3, contexts kept", kept, "permessage-deflate; server_max_window_bits=9", /server_max_window_bits=9/],
    ["a window of 10", kept, "permessage-deflate; server_max_window_bits=10", /server_max_window_bits=10/],
    ["its own context not kept", kept, "permessage-deflate; client_no_context_takeover", /^permessage-deflate/],
    ["our context not kept", kept, "permessage-deflate; server_no_context_takeover", /server_no_context_takeover/],
    ["a window in quotes", own, 'permessage-deflate; server_max_window_bits="11"', /server_max_window_bits=11/],
    ["a bound for its own window", kept, "permessage-deflate; client_max_window_bits=10", /^permessage-deflate/],
    [
      "which we narrow",
      { ...kept, peerWindowBits: 10 },
      "permessage-deflate; client_max_window_bits",
      /client_max_window_bits=10/,
    ],
    [
      "whose window we narrow further",
      { ...kept, peerWindowBits: 10 },
      "permessage-deflate; client_max_window_bits=12",
      /client_max_window_bits=10/,
    ],
    ["with a window of ours", { ...kept, windowBits: 9 }, "permessage-deflate", /server_max_window_bits=9/],
    [
      "with a window smaller than it asks",
      { ...own, windowBits: 9 },
      "permessage-deflate; server_max_window_bits=12",
      /server_max_window_bits=9/,
    ],
    ["beside other extensions", own, "x-webkit-deflate-frame, permessage-deflate, foo; bar=1", /^permessage-deflate/],
    ["behind one that is bad", own, "permessage-deflate; server_max_window_bits=99, permessage-deflate", /^permessage/],
    ["behind one that is unknown", own, "permessage-deflate; level=9, permessage-deflate", /^permessage-deflate/],
    ["behind a window of 8", own, "permessage-deflate; server_max_window_bits=8, permessage-deflate", /^(?!.*=8)/],
  ])("%s, is honoured", async (_, compression, offer, answer) => {
    const { peer } = await meet("server", { options: { enableCompression: compression }, extensions: offer });
    expect(peer.extensions).toMatch(answer);
    expect(peer.extensions).not.toContain(","); // one was chosen
    await exchange("server", compression, offer);
  });

  test.each([
    ["with a window of 8, which zlib cannot compress with", "permessage-deflate; server_max_window_bits=8"],
    ["with a window too small", "permessage-deflate; server_max_window_bits=7"],
    ["with a window too large", "permessage-deflate; server_max_window_bits=16"],
    ["with a client's window too large", "permessage-deflate; client_max_window_bits=16"],
    ["with a window that is no number", "permessage-deflate; server_max_window_bits=ten"],
    ["with a window without a value", "permessage-deflate; server_max_window_bits"],
    ["with a leading zero", "permessage-deflate; server_max_window_bits=09"],
    ["with a parameter twice", "permessage-deflate; client_no_context_takeover; client_no_context_takeover"],
    ["with a value that must not be", "permessage-deflate; server_no_context_takeover=1"],
    ["with a parameter that nobody knows", "permessage-deflate; unknown"],
    ["of another extension", "permessage-bzip2"],
    ["that breaks the grammar", "permessage-deflate; ="],
    ["that breaks off", 'permessage-deflate; server_max_window_bits="10'],
  ])("%s is declined, and the conn is as good as any", async (_, offer) => {
    const peer = await meetEcho("server", { options: { enableCompression: true }, extensions: offer });
    expect(peer.extensions).toBe("");
    await peer.send(peer.frame(Text, "x".repeat(1000)));
    const said = await peer.message();
    expect([said.rsv, print(said)]).toEqual([0, say(Text, "x".repeat(1000))]);
  });

  test("is declined where compression is not on", async () => {
    const peer = await meetEcho("server", { extensions: "permessage-deflate" });
    expect(peer.extensions).toBe("");
    await peer.send(peer.frame(Text, "", { rsv: 4 }));
    expect((await peer.rest()).map(print)).toEqual(["close 1002"]);
  });

  test("is declined when it does not let the server bound its window, and that must be", async () => {
    const options = { enableCompression: { peerWindowBits: 10 } };
    const { peer } = await meet("server", { options, extensions: "permessage-deflate" });
    expect(peer.extensions).toBe("");
  });
});

describe("13, a server's answer", () => {
  const alone = "permessage-deflate; server_no_context_takeover";

  test.each<[string, Compression, string]>([
    ["contexts not kept", own, `${alone}; client_no_context_takeover`],
    ["that leaves the client its context, which it does not keep", own, alone],
    ["contexts kept", kept, "permessage-deflate"],
    ["only the client's context kept", kept, alone],
    ["only the server's context kept", kept, "permessage-deflate; client_no_context_takeover"],
    ["a small window for the server", kept, "permessage-deflate; server_max_window_bits=9"],
    ["a window of 8 for the server", kept, "permessage-deflate; server_max_window_bits=8"],
    ["a small window for the client", kept, "permessage-deflate; client_max_window_bits=9"],
    ["both", own, `${alone}; server_max_window_bits=10; client_max_window_bits=11`],
    ["a window in quotes", own, `${alone}; client_max_window_bits="9"`],
    ["a window as asked for", { ...kept, peerWindowBits: 10 }, "permessage-deflate; server_max_window_bits=10"],
    [
      "a window smaller than asked for",
      { ...kept, peerWindowBits: 10 },
      "permessage-deflate; server_max_window_bits=9",
    ],
    ["our own window as offered", { ...kept, windowBits: 10 }, "permessage-deflate; client_max_window_bits=10"],
    ["our own window smaller", { ...kept, windowBits: 12 }, "permessage-deflate; client_max_window_bits=10"],
  ])("%s, is honoured", async (_, compression, answer) => {
    await exchange("client", compression, answer);
  });

  test.each<[string, Compression | false, string]>([
    ["where nothing was offered", false, "permessage-deflate"],
    ["of an extension that was not offered", own, "permessage-bzip2"],
    ["with one beside it", own, `${alone}, permessage-bzip2`],
    ["given twice", own, `${alone}, ${alone}`],
    ["with a context that was to go", own, "permessage-deflate"],
    ["with a window too large", kept, "permessage-deflate; server_max_window_bits=16"],
    ["with a window too small", kept, "permessage-deflate; server_max_window_bits=7"],
    ["with a window of 8 for us, with which zlib cannot", kept, "permessage-deflate; client_max_window_bits=8"],
    ["with a window without a value", kept, "permessage-deflate; client_max_window_bits"],
    ["with a parameter twice", kept, "permessage-deflate; server_max_window_bits=9; server_max_window_bits=10"],
    ["with a parameter that nobody knows", kept, "permessage-deflate; unknown=1"],
    ["with a value that must not be", kept, "permessage-deflate; server_no_context_takeover=true"],
    [
      "with a larger window than asked for",
      { ...kept, peerWindowBits: 10 },
      "permessage-deflate; server_max_window_bits=11",
    ],
    ["with no window where one was asked for", { ...kept, peerWindowBits: 10 }, "permessage-deflate"],
    [
      "with a window for us larger than offered",
      { ...kept, windowBits: 10 },
      "permessage-deflate; client_max_window_bits=11",
    ],
    ["that breaks the grammar", kept, "permessage-deflate; ="],
  ])("%s fails the handshake", async (_, compression, answer) => {
    const meeting = meet("client", { options: { enableCompression: compression }, extensions: () => answer });
    await expect(meeting).rejects.toBeInstanceOf(BadHandshakeError);
  });

  test("that declines leaves the conn without", async () => {
    const peer = await meetEcho("client", { options: { enableCompression: true }, extensions: () => "" });
    expect(peer.extensions).toMatch(/^permessage-deflate/);
    await peer.send(peer.frame(Text, "x".repeat(1000)));
    expect((await peer.message()).rsv).toBe(0);
    await peer.send(peer.frame(Text, "", { rsv: 4 }));
    expect((await peer.rest()).map(print)).toEqual(["close 1002"]);
  });

  test.each<[Compression | false, RegExp]>([
    [false, /^$/],
    [true, /^permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits$/],
    [kept, /^permessage-deflate; client_max_window_bits$/],
    [{ windowBits: 10 }, /client_max_window_bits=10/],
    [{ peerWindowBits: 10 }, /server_max_window_bits=10/],
  ])("with %j, follows the offer that it should", async (compression, offer) => {
    const { peer } = await meet("client", { options: { enableCompression: compression } });
    expect(peer.extensions).toMatch(offer);
  });
});
