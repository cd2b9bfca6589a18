import { describe, expect, test } from "vitest";
import { pipe } from "../../src/net/index.js";
import * as tls from "../../src/tls/index.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { authority } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

const ca = await authority();
const other = await authority("Another Authority");
const own = await ca.issue(["127.0.0.1"], { purpose: "server" });
const member = await ca.issue(["member"], { purpose: "client" });
const versions = ["TLSv1.2", "TLSv1.3"] as const;

/** Listens to clients with a certificate of `ca`, and tells what is wrong with the others. */
async function serve(
  options: Partial<tls.TLSListenOptions> = {},
): Promise<{ listener: tls.TLSListener; fault: Promise<Error> }> {
  let tell: (err: Error) => void = () => {};
  const fault = new Promise<Error>((resolve) => {
    tell = resolve;
  });
  const all = { ...own, ca: ca.cert, requestCert: true, onError: tell, ...options };
  return { listener: keep(await tls.listen("127.0.0.1:0", all)), fault };
}

for (const maxVersion of versions) {
  describe(`a client's certificate, in ${maxVersion}`, () => {
    test("that the authority vouches for is accepted, and known to the server", async () => {
      const { listener } = await serve();
      const [client, server] = await Promise.all([
        tls.dial(listener.addr, { ca: ca.cert, ...member, maxVersion }),
        listener.accept(),
      ]);
      expect(keep(server).connectionState).toMatchObject({ verified: true, version: maxVersion });
      expect(server.connectionState.peerCertificate?.subject.CN).toBe("member");
      expect(keep(client).connectionState).toMatchObject({ verified: true, version: maxVersion });
      await client.write(bytes("it is me"));
      expect(await readText(server)).toBe("it is me");
    });

    test("that is missing is missed by the server, and the client learns it", async () => {
      const { listener, fault } = await serve();
      const [err, reported] = await Promise.all([refusalOf(listener, { maxVersion }), fault]);
      expect(reported).toMatchObject({
        message: "tls: client didn't provide a certificate",
        code: "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
      });
      const alert = maxVersion === "TLSv1.3" ? "certificate required" : "handshake failure";
      expect((err as Error).message).toMatch(new RegExp(`: remote error: tls: ${alert}$`));
    });

    const bad = [
      ["is of another authority", () => other.issue(["member"]), "certificate signed by unknown authority"],
      ["has expired", () => ca.issue(["member"], { valid: "no more" }), "certificate has expired"],
      [
        "is one for servers",
        () => ca.issue(["member"], { purpose: "server" }),
        "certificate specifies an incompatible key usage",
      ],
    ] as const;
    for (const [what, make, why] of bad) {
      test(`that ${what} is refused, and the server learns why`, async () => {
        const { listener, fault } = await serve();
        const [, reported] = await Promise.all([refusalOf(listener, { ...(await make()), maxVersion }), fault]);
        expect(reported.message).toBe(`tls: failed to verify certificate: x509: ${why}`);
      });
    }

    test("that fails is told of, where nobody is refused for it", async () => {
      const { listener } = await serve({ rejectUnauthorized: false });
      const stranger = await other.issue(["member"]);
      for (const shown of [stranger, {}]) {
        const [client, server] = await Promise.all([
          tls.dial(listener.addr, { ca: ca.cert, ...shown, maxVersion }),
          listener.accept(),
        ]);
        expect(keep(server).connectionState.verified).toBe(false);
        expect(server.connectionState.peerCertificate === null).toBe(shown !== stranger);
        keep(client);
      }
    });
  });
}

test("a client that shows half of a certificate is told what is missing", async () => {
  for (const half of [{ cert: member.cert }, { key: member.key }]) {
    const err = await reasonOf(tls.dial("127.0.0.1:1", half));
    expect(err).toBeInstanceOf(TypeError);
    expect((err as Error).message).toBe("Cannot use cert without key, or key without cert");
  }
});

test("over any conn, a client's certificate is checked as well", async () => {
  const serverOptions = { isServer: true, ...own, ca: ca.cert, requestCert: true };
  const [a, b] = pipe();
  const [client, server] = await Promise.all([
    tls.upgrade(a, { ca: ca.cert, serverName: "127.0.0.1", ...member }),
    tls.upgrade(b, serverOptions),
  ]);
  expect(keep(server).connectionState.peerCertificate?.subject.CN).toBe("member");
  keep(client);

  const [c, d] = pipe();
  const accepting = reasonOf(tls.upgrade(d, serverOptions));
  const stranger = await other.issue(["member"]);
  const dialling = tls.upgrade(c, { ca: ca.cert, serverName: "127.0.0.1", ...stranger }).then(readText, () => null);
  expect(await accepting).toMatchObject({
    message:
      "handshake tls pipe->pipe: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    op: "handshake",
  });
  await dialling.catch(() => null);
});

/** Returns what a client that the server refuses gets to see: in TLS 1.3 only with its first read. */
async function refusalOf(listener: tls.TLSListener, options: tls.TLSDialOptions): Promise<unknown> {
  try {
    const conn = keep(await tls.dial(listener.addr, { ca: ca.cert, ...options }));
    expect(await readText(conn)).toBe(null);
    return null;
  } catch (err) {
    return err;
  }
}
