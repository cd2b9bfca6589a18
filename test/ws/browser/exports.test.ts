import { expect, test } from "vitest";
import * as browser from "../../../src/ws/browser/index.js";
import * as ws from "../../../src/ws/index.js";

test("a browser's entry exports the names of Node's, so that what imports them loads", () => {
  expect(Object.keys(browser).toSorted()).toEqual(Object.keys(ws).toSorted());
});

test("what is no matter of the platform is one thing", () => {
  const differ = ["attach", "Dialer", "defaultDialer", "dial", "Hub", "listen", "proxyFromEnvironment", "Upgrader"];
  const same = Object.entries(browser).filter(([name]) => !differ.includes(name));
  expect(Object.fromEntries(same)).toEqual(
    Object.fromEntries(Object.entries(ws).filter(([name]) => !differ.includes(name))),
  );
});

test("what is written for Node compiles for a browser, as far as it is about dialling", () => {
  const dial: typeof ws.dial = browser.dial;
  const dialer: Pick<ws.Dialer, "dial"> = browser.defaultDialer;
  const conn = (made: browser.Conn): ws.Conn => made;
  expect([dial, dialer, typeof conn]).toEqual([browser.dial, browser.defaultDialer, "function"]);
});

test("what a browser cannot do says so when it is called, with one error", async () => {
  const { attach, Hub, listen, NotSupportedError, proxyFromEnvironment, Upgrader } = browser;
  await expect(listen()).rejects.toBeInstanceOf(NotSupportedError);
  expect(() => attach()).toThrow(NotSupportedError);
  expect(() => proxyFromEnvironment()).toThrow(NotSupportedError);
  expect(() => new Upgrader()).toThrow("websocket: Upgrader: not supported in a browser");
  expect(() => new Hub()).toThrow(NotSupportedError);
});
