import { createPrivateKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { OpError } from "../../src/net/index.js";
import * as tls from "../../src/tls/index.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { authority, type Certificate, selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

const ca = await authority();
const other = await authority("Another Authority");
const unrelated = await selfSigned();
const [leaf, stranger] = [await ca.issue(["127.0.0.1"]), await selfSigned(["b.test"])];

/** Listens with a certificate, and answers whoever comes. */
async function serve(own: Certificate, host = "127.0.0.1"): Promise<tls.TLSListener> {
  const listener = keep(await tls.listen(`${host}:0`, own));
  void (async () => {
    for await (const conn of listener) {
      await conn.write(bytes("welcome")).catch(() => 0);
      conn.close();
    }
  })();
  return listener;
}

describe("a server whose certificate passes", () => {
  const passes: readonly [
    what: string,
    own: () => Promise<Certificate>,
    options: (own: Certificate) => tls.TLSDialOptions,
    host?: string,
  ][] = [
    ["signs itself, and is known", () => selfSigned(), (own) => ({ ca: own.cert })],
    ["is vouched for by a known authority", () => ca.issue(["localhost", "127.0.0.1"]), () => ({ ca: ca.cert })],
    ["is known by one of several authorities", () => ca.issue(["127.0.0.1"]), () => ({ ca: [other.cert, ca.cert] })],
    ["bears the name that was asked for", () => ca.issue(["a.test"]), () => ({ ca: ca.cert, serverName: "a.test" })],
    ["bears a wildcard for it", () => ca.issue(["*.a.test"]), () => ({ ca: ca.cert, serverName: "b.a.test" })],
    ["bears the IPv6 address", () => ca.issue(["::1"]), () => ({ ca: ca.cert }), "[::1]"],
    ["is given as bytes", () => ca.issue(["127.0.0.1"]), () => ({ ca: [bytes(ca.cert)] })],
    ["does not, but nobody asks", () => selfSigned(["a.test"]), () => ({ rejectUnauthorized: false })],
  ];
  for (const [what, make, options, host] of passes) {
    test(what, async () => {
      const own = await make();
      const listener = await serve(own, host);
      const conn = keep(await tls.dial(listener.addr, options(own)));
      expect(await readText(conn)).toBe("welcome");
      expect(await readText(conn)).toBe(null);
      expect(conn.connectionState.verified).toBe(options(own).rejectUnauthorized === undefined);
      expect(conn.connectionState.peerCertificate?.raw).toBeInstanceOf(Uint8Array);
    });
  }

  test("is dialled by its name", async () => {
    const listener = await serve(await ca.issue(["localhost"]));
    const conn = keep(await tls.dial(`localhost:${listener.addr.port}`, { ca: ca.cert }));
    expect(conn.connectionState).toMatchObject({ verified: true, serverName: "localhost" });
    expect(await readText(conn)).toBe("welcome");
  });
});

describe("a server whose certificate", () => {
  const known = { ca: ca.cert };
  const unknown = "certificate signed by unknown authority";
  const faults: readonly [
    what: string,
    own: () => Promise<Certificate>,
    options: tls.TLSDialOptions,
    fault: string,
    code: string,
  ][] = [
    ["signs itself", () => selfSigned(), {}, `${unknown} (it is self-signed)`, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["has an authority that is unknown", async () => leaf, {}, unknown, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["has another authority", async () => leaf, { ca: other.cert }, unknown, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    [
      "comes with an authority that is unknown",
      async () => ({ cert: `${leaf.cert}\n${ca.cert}`, key: leaf.key }),
      {},
      `${unknown} (its root is not trusted)`,
      "SELF_SIGNED_CERT_IN_CHAIN",
    ],
    [
      "is for another address",
      () => ca.issue(["localhost", "127.0.0.9"]),
      known,
      "certificate is valid for localhost, 127.0.0.9, not 127.0.0.1",
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "is for another name",
      () => ca.issue(["a.test", "*.b.test"]),
      { ...known, serverName: "c.test" },
      "certificate is valid for a.test, *.b.test, not c.test",
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "has expired",
      () => ca.issue(["127.0.0.1"], { valid: "no more" }),
      known,
      "certificate has expired",
      "CERT_HAS_EXPIRED",
    ],
    [
      "is not valid yet",
      () => ca.issue(["127.0.0.1"], { valid: "not yet" }),
      known,
      "certificate is not yet valid",
      "CERT_NOT_YET_VALID",
    ],
    [
      "is one for clients",
      () => ca.issue(["127.0.0.1"], { purpose: "client" }),
      known,
      "certificate specifies an incompatible key usage",
      "INVALID_PURPOSE",
    ],
  ];
  for (const [what, make, options, fault, code] of faults) {
    test(`${what} is refused`, async () => {
      const own = await make();
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
        const { addr } = await serve(own);
        const err = await reasonOf(tls.dial(addr, { ...options, maxVersion }));
        expect(err).toBeInstanceOf(OpError);
        const message = `dial tls ${addr.toString()}: tls: failed to verify certificate: x509: ${fault}`;
        expect(err).toMatchObject({ message, code, op: "dial", net: "tls", addr, timeout: false });
      }
    });
  }

  test("is refused does not disturb the server", async () => {
    const listener = await serve(leaf);
    for (let i = 0; i < 5; i++) await reasonOf(tls.dial(listener.addr, {}));
    const conn = keep(await tls.dial(listener.addr, known));
    expect(await readText(conn)).toBe("welcome");
  });
});

describe("what is no certificate or key is told as such", () => {
  const own = unrelated;
  const server: readonly [what: string, options: tls.TLSListenOptions, message: RegExp][] = [
    ["cert", { cert: "garbage", key: own.key }, /^Cannot use cert and key: .*no start line/],
    ["key", { cert: own.cert, key: "garbage" }, /^Cannot use cert and key: .*DECODER/],
    [
      "key of another certificate",
      { cert: own.cert, key: stranger.key },
      /^Cannot use cert and key: .*key values mismatch/,
    ],
    ["cert for a name", { serverNames: { "a.test": { cert: "garbage", key: own.key } } }, /^Cannot use cert and key: /],
    ["ca", { ...own, ca: "garbage" }, /^Cannot use ca: it holds no certificate/],
  ];
  for (const [what, options, message] of server) {
    test(`${what}, of a server`, async () => {
      const err = await reasonOf(tls.listen("127.0.0.1:0", options));
      expect(err).toBeInstanceOf(TypeError);
      expect((err as Error).message).toMatch(message);
    });
  }

  test("cert, of a client, which leaves nothing behind", async () => {
    const listener = await serve(own);
    for (const options of [{ cert: "garbage", key: own.key }, { ca: "garbage" }, { ca: [own.cert, "garbage"] }]) {
      expect(await reasonOf(tls.dial(listener.addr, options))).toBeInstanceOf(TypeError);
    }
  });

  test("key that is locked, unless the passphrase is given", async () => {
    const lock = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "sesame" } as const;
    const locked = { cert: own.cert, key: createPrivateKey(own.key).export(lock) as string };
    for (const wrong of [{}, { passphrase: "rosebud" }]) {
      expect(await reasonOf(tls.listen("127.0.0.1:0", { ...locked, ...wrong }))).toBeInstanceOf(TypeError);
    }
    const listener = keep(await tls.listen("127.0.0.1:0", { ...locked, passphrase: "sesame" }));
    await Promise.all([tls.dial(listener.addr, { ca: own.cert }).then(keep), listener.accept().then(keep)]);
  });

  test("other options that Node does not take speak for themselves, and leave nothing behind", async () => {
    const listener = await serve(own);
    const before = await restingSockets();
    const alpnProtocols = ["x".repeat(300)];
    for (const call of [
      (): Promise<unknown> => tls.dial(listener.addr, { alpnProtocols }),
      () => tls.listen("127.0.0.1:0", { ...own, alpnProtocols }),
      () => tls.dial(listener.addr, { minVersion: "TLSv9" as "TLSv1.3" }),
    ]) {
      expect(await reasonOf(call())).toMatchObject({ code: expect.stringMatching(/^ERR_(?!OSSL)/) as string });
    }
    await socketsAreGone(before);
  });

  test("nothing at all, of a server", async () => {
    const needed = /^Cannot listen as TLS needs a certificate: give cert and key, or serverNames$/;
    for (const options of [{}, { cert: own.cert }, { key: own.key }]) {
      const err = await reasonOf(tls.listen("127.0.0.1:0", options));
      expect(err).toBeInstanceOf(TypeError);
      expect((err as Error).message).toMatch(needed);
    }
  });
});
