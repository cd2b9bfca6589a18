import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { Dialer } from "../../src/ws/dialer.js";
import * as ws from "../../src/ws/index.js";
import { type Certificate, selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { freshPath } from "../support/temp.js";
import { agreeAndSend, agreeing, answering, hearsBoth } from "./dial-peers.js";

const opened = closing();
let pem: Certificate;
beforeAll(async () => {
  pem = await selfSigned();
});

const agree = (request: string, socket: Socket) => void socket.write(agreeing(request));

describe("a Unix socket", () => {
  test.each([
    ["", "/"],
    [":", "/"],
    [":/", "/"],
    [":/chat?a=b:c", "/chat?a=b:c"],
    [":/a:b", "/a:b"],
    ["?a=b", "/?a=b"],
  ])("by ws+unix://…%s asks for %s, as npm ws does", async (rest, want) => {
    const path = freshPath();
    const server = opened(await answering(agree, undefined, path));
    const { conn } = await new Dialer().dial(`ws+unix://${path}${rest}`);
    expect(server.requests[0]).toMatch(/\r\nHost: localhost\r\n/);
    expect(server.requests[0]?.split(" ")[1]).toBe(want);
    expect(conn.localAddr).toMatchObject({ hostname: "", port: 0 });
    conn.closeNow();
    if (want.includes("b:") || want.includes("a:") || rest === "?a=b") return; // npm ws cuts these
    const theirs = new WebSocket(`ws+unix://${path}${rest}`);
    await once(theirs, "open");
    theirs.terminate();
    expect(server.requests[1]?.split(" ")[1]).toBe(want);
  });

  test("by socketPath, which leaves the URL to the request", async () => {
    const path = freshPath();
    const server = opened(await answering(agree, undefined, path));
    const { conn } = await new Dialer({ socketPath: path }).dial("ws://app.test/chat");
    expect(server.requests[0]).toMatch(/^GET \/chat HTTP\/1.1\r\nHost: app\.test\r\n/);
    expect(String(conn.remoteAddr)).toBe("ws://app.test/chat");
    conn.closeNow();
    (await ws.dial("ws://app.test/", { socketPath: path })).closeNow();
  });

  test("with TLS on it", async () => {
    const path = freshPath();
    const server = opened(await answering(agreeAndSend, pem, path));
    await hearsBoth((await new Dialer({ socketPath: path, tls: { ca: pem.cert } }).dial("wss://localhost/")).conn);
    expect(server.requests).toHaveLength(1);
  });

  test("keeps frames that come together with the 101", async () => {
    const path = freshPath();
    opened(await answering(agreeAndSend, undefined, path));
    await hearsBoth((await new Dialer().dial(`ws+unix://${path}`)).conn);
  });

  test("is reached without a proxy", async () => {
    const path = freshPath();
    opened(await answering(agree, undefined, path));
    const proxy = () => {
      throw new Error("must not be called");
    };
    (await new Dialer({ proxy }).dial(`ws+unix://${path}`)).conn.closeNow();
  });

  test("may have a name that a URL escapes", async () => {
    const path = `${freshPath()} ä%`;
    opened(await answering(agree, undefined, path));
    (await new Dialer().dial(`ws+unix://${encodeURI(path)}:/`)).conn.closeNow();
  });

  test("that is not there, or refuses, is an error in Go's words", async () => {
    const path = freshPath();
    const dialling = new Dialer().dial(`ws+unix://${path}:/x`);
    await expect(dialling).rejects.toMatchObject({
      message: `dial ws ws+unix://${path}:/x: connect: no such file or directory`,
      code: "ENOENT",
    });
    const silent = createServer((socket) => socket.on("error", () => {}).resume()).listen(path);
    opened(silent);
    await once(silent, "listening");
    const late = new Dialer({ handshakeTimeoutMs: 20 }).dial(`ws+unix://${path}`);
    await expect(late).rejects.toMatchObject({ timeout: true });
  });

  test.each(["ws+unix://host/path", "ws+unix:", "ws+unix://", "ws+unix://:/x", "ws+unix:///%zz", "wss+unix:///x"])(
    "the URL %j is malformed",
    async (url) => {
      await expect(new Dialer().dial(url)).rejects.toThrow("malformed ws or wss URL");
    },
  );
});
