import type { LookupAddress } from "node:dns";
import { expect, test, vi } from "vitest";
import { isTimeout } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { deafListener } from "../support/deaf.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";

const found: LookupAddress[] = [];
let answer: () => Promise<LookupAddress[]> = async () => found;
vi.mock("node:dns/promises", () => ({ lookup: () => answer() }));

leavesNoSocket();
raisesNothing();
const keep = closing();

function names(...addresses: string[]): void {
  answer = async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
}

test("a name whose first address refuses is reached at its next, in either family", async () => {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  for (const first of ["127.0.0.2", "::1"]) {
    names(first, "127.0.0.1");
    const conn = keep(await tcp.dial(`a.test:${listener.addr.port}`));
    expect(conn.remoteAddr).toEqual(listener.addr);
  }
});

test("a name of which no address answers gives the error of its first", async () => {
  const listener = await tcp.listen("127.0.0.1:0");
  listener.close();
  const { port } = listener.addr;
  names("127.0.0.3", "::1", "127.0.0.2");
  const err = await reasonOf(tcp.dial(`a.test:${port}`));
  expect(err).toMatchObject({ message: `dial tcp 127.0.0.3:${port}: connect: connection refused` });
});

test("a time limit holds for all addresses of a name together", async () => {
  const deaf = keep(await deafListener());
  const before = await restingSockets();
  names("127.0.0.1", "127.0.0.1", "127.0.0.1");
  const err = await reasonOf(tcp.dial(`a.test:${deaf.port}`, { timeoutMs: 40 }));
  expect(err).toMatchObject({ message: `dial tcp ${deaf.address}: i/o timeout`, timeout: true });
  await socketsAreGone(before);
});

test("an abort holds for all addresses of a name, too", async () => {
  const deaf = keep(await deafListener());
  const before = await restingSockets();
  const abort = new AbortController();
  names("127.0.0.1", "127.0.0.1");
  const dialling = reasonOf(tcp.dial(`a.test:${deaf.port}`, { signal: abort.signal }));
  setTimeout(() => abort.abort("enough"), 20);
  expect(await dialling).toBe("enough");
  await socketsAreGone(before);
});

test("a look-up that takes for ever is given up by time and by signal", async () => {
  answer = () => new Promise(() => {});
  const err = await reasonOf(tcp.dial("a.test:80", { timeoutMs: 20 }));
  expect(err).toMatchObject({ message: "dial tcp: i/o timeout", timeout: true });
  expect(isTimeout(err)).toBe(true);
  const abort = new AbortController();
  const dialling = reasonOf(tcp.dial("a.test:80", { signal: abort.signal }));
  abort.abort("enough");
  expect(await dialling).toBe("enough");
});

test("a look-up that fails otherwise says so", async () => {
  answer = () =>
    Promise.reject(
      Object.assign(new Error("EAI_AGAIN"), { code: "EAI_AGAIN", syscall: "getaddrinfo", hostname: "a.test" }),
    );
  expect(await reasonOf(tcp.dial("a.test:80"))).toMatchObject({
    message: "dial tcp: lookup a.test: server misbehaving",
    code: "EAI_AGAIN",
  });
});

test("resolveTCPAddr prefers IPv4, and keeps to its family", async () => {
  names("::1", "127.0.0.1", "127.0.0.2");
  expect(String(await tcp.resolveTCPAddr("tcp", "a.test:80"))).toBe("127.0.0.1:80");
  expect(String(await tcp.resolveTCPAddr("tcp6", "a.test:80"))).toBe("[::1]:80");
  names("127.0.0.1");
  expect(await reasonOf(tcp.resolveTCPAddr("tcp6", "a.test:80"))).toMatchObject({
    message: "address a.test: no suitable address found",
  });
});
