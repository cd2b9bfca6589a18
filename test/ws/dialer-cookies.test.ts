import { CookieJar } from "tough-cookie";
import { describe, expect, test } from "vitest";
import { Dialer } from "../../src/ws/dialer.js";
import * as ws from "../../src/ws/index.js";
import { type Certificate, selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { agreeing, answering } from "./dial-peers.js";

const opened = closing();

/** A server that agrees, and sets cookies. */
async function baker(cookies: readonly string[], pem?: Certificate) {
  const fields = cookies.map((cookie) => `Set-Cookie: ${cookie}`);
  const server = await answering((request, socket) => void socket.write(agreeing(request, ...fields)), pem);
  return { ...server, httpURL: server.url.replace("ws", "http"), close: () => server.close() };
}

const cookieOf = (request = "") => /^Cookie: (.*)\r$/m.exec(request)?.[1];

describe("a jar", () => {
  test("gives the cookies that are sent, and takes those of the 101", async () => {
    const jar = new CookieJar();
    const server = opened(await baker(["fresh=1; Path=/", "secret=2; Secure", "other=3; Path=/other"]));
    await jar.setCookie("gorilla=ws; Path=/", server.httpURL);
    const { conn } = await new Dialer({ jar }).dial(server.url);
    conn.closeNow();
    expect(cookieOf(server.requests[0])).toBe("gorilla=ws");
    expect(await jar.getCookieString(server.httpURL)).toContain("gorilla=ws; fresh=1");
    (await ws.dial(server.url, { jar })).closeNow();
    expect(cookieOf(server.requests[1])).toContain("gorilla=ws; fresh=1");
    expect(cookieOf(server.requests[1])).not.toContain("other");
    expect(await jar.getCookieString(`${server.httpURL}other`)).toContain("other=3");
  });

  test("of secure cookies is for wss", async () => {
    const jar = new CookieJar();
    const pem = await selfSigned();
    const [plain, secure] = [opened(await baker([])), opened(await baker(["more=2; Secure"], pem))];
    await jar.setCookie("safe=1; Secure", secure.httpURL);
    const dialer = new Dialer({ jar, tls: { ca: pem.cert } });
    // This machine is trusted without TLS, so the port does not tell them apart: the name has to.
    const elsewhere = new Dialer({
      jar,
      netDial: async () => (await import("../../src/tcp/index.js")).dial(`127.0.0.1:${plain.port}`),
    });
    await jar.setCookie("far=1; Secure", "https://far.test/");
    (await elsewhere.dial("ws://far.test/")).conn.closeNow();
    expect(cookieOf(plain.requests[0])).toBeUndefined();
    (await dialer.dial(secure.url)).conn.closeNow();
    expect(cookieOf(secure.requests[0])).toBe("safe=1");
    expect(await jar.getCookieString(secure.httpURL)).toBe("safe=1; more=2");
  });

  test("takes cookies of an answer that refuses, too", async () => {
    const jar = new CookieJar();
    for (const status of ["302 Found", "403 Forbidden", "101 Switching Protocols"]) {
      const answer = `HTTP/1.1 ${status}\r\nSet-Cookie: at${status.slice(0, 3)}=1\r\nContent-Length: 0\r\n\r\n`;
      const server = opened(await answering(answer));
      await expect(new Dialer({ jar }).dial(server.url)).rejects.toBeInstanceOf(ws.BadHandshakeError);
      expect(await jar.getCookieString(server.url.replace("ws", "http"))).toContain(`at${status.slice(0, 3)}=1`);
    }
  });

  test("is added to the caller's own cookies, which go first", async () => {
    const jar = new CookieJar();
    const server = opened(await baker([]));
    await jar.setCookie("a=1", server.httpURL);
    const { conn } = await new Dialer({ jar }).dial(server.url, { cookie: "b=2" });
    conn.closeNow();
    expect(cookieOf(server.requests[0])).toBe("b=2; a=1");
  });

  test("refuses what it will: the conn is none the worse", async () => {
    const jar = new CookieJar();
    const server = opened(await baker(["x=1; Domain=elsewhere.test", "garbage", "", "good=1"]));
    (await new Dialer({ jar }).dial(server.url)).conn.closeNow();
    expect(await jar.getCookieString(server.httpURL)).toContain("good=1");
    expect(await jar.getCookieString("http://elsewhere.test/")).toBe("");
  });

  test("may be any object with two methods", async () => {
    const calls: unknown[] = [];
    const server = opened(await baker(["set=1"]));
    const jar = {
      getCookieString: (url: string) => {
        calls.push(url);
        return "mine=1";
      },
      setCookie: (cookie: string, url: string) => void calls.push(cookie, url),
    };
    (await new Dialer({ jar }).dial(`${server.url}path?q`)).conn.closeNow();
    expect(cookieOf(server.requests[0])).toBe("mine=1");
    expect(calls).toEqual([`${server.httpURL}path?q`, "set=1", `${server.httpURL}path?q`]);
  });

  test("that fails is the error, untouched, and nothing stays open", async () => {
    const server = opened(await baker(["set=1"]));
    const reason = new Error("disk full");
    const fails = () => Promise.reject(reason);
    const bad = [
      { getCookieString: fails, setCookie: () => {} },
      { getCookieString: () => "", setCookie: fails },
    ];
    for (const jar of bad) await expect(new Dialer({ jar }).dial(server.url)).rejects.toBe(reason);
    const hangs = { getCookieString: () => "", setCookie: () => new Promise(() => {}) };
    const dialling = new Dialer({ jar: hangs, handshakeTimeoutMs: 30 }).dial(server.url);
    await expect(dialling).rejects.toMatchObject({ name: "OpError", timeout: true });
    await server.gone();
  });

  test("without one, cookies are neither sent nor kept", async () => {
    const server = opened(await baker(["set=1"]));
    for (let i = 0; i < 2; i++) {
      const { conn, response } = await new Dialer().dial(server.url);
      expect(response.headers["set-cookie"]).toEqual(["set=1"]);
      conn.closeNow();
    }
    expect(server.requests.map(cookieOf)).toEqual([undefined, undefined]);
  });
});
