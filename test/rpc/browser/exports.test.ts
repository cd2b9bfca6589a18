import { expect, test } from "vitest";
import * as browser from "../../../src/rpc/browser/index.js";
import * as rpc from "../../../src/rpc/index.js";

/** What is another thing in a browser, or is not there and says so. */
const differ = [
  "accept",
  "defaultServer",
  "dial",
  "dialHTTP",
  "dialHTTPPath",
  "dialPeer",
  "handleHTTP",
  "register",
  "registerName",
  "Server",
  "serveCodec",
  "serveConn",
  "serveRequest",
];

test("a browser's entry exports the names of Node's, so that what imports them loads", () => {
  expect(Object.keys(browser).toSorted()).toEqual(Object.keys(rpc).toSorted());
});

test("what is no matter of the platform is one thing", () => {
  const same = (entry: object) => Object.fromEntries(Object.entries(entry).filter(([name]) => !differ.includes(name)));
  expect(same(browser)).toEqual(same(rpc));
});

test("what is written for Node compiles for a browser, as far as it is about clients", () => {
  const dial: typeof rpc.dial = browser.dial;
  expect(dial).toBe(browser.dial);
});

test.each(["accept", "serveCodec", "serveConn", "serveRequest"] as const)("%s is refused", async (name) => {
  const refused = { name: "NotSupportedError", code: "ERR_NOT_SUPPORTED", feature: name };
  await expect(browser[name]()).rejects.toMatchObject(refused);
  await expect(browser.defaultServer[name]()).rejects.toMatchObject(refused);
});

test("a server, and what would register with one, is refused", () => {
  expect(() => new browser.Server()).toThrow("rpc: Server: not supported in a browser");
  expect(() => browser.register()).toThrow("rpc: register: not supported in a browser");
  expect(() => browser.defaultServer.registerName()).toThrow("rpc: registerName: not supported in a browser");
});
