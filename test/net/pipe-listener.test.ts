import { describe, expect, test } from "vitest";
import { isClosed, OpError } from "../../src/net/errors.js";
import { PipeListener } from "../../src/net/pipe-listener.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";

describe("PipeListener", () => {
  test("connects whoever dials with whoever accepts, in order", async () => {
    const listener = new PipeListener();
    const dialled = [await listener.dial(), await listener.dial()];
    for (const [i, conn] of dialled.entries()) {
      const accepted = await listener.accept();
      const [, text] = await Promise.all([conn.write(bytes(`conn ${i}`)), readText(accepted)]);
      expect(text).toBe(`conn ${i}`);
    }
    listener.close();
  });

  test("refuses what is more than its backlog", async () => {
    const listener = new PipeListener({ backlog: 1 });
    await listener.dial();
    const err = await reasonOf(listener.dial());
    expect(err).toBeInstanceOf(OpError);
    expect(err).toMatchObject({ message: "dial pipe: connect: connection refused", code: "ECONNREFUSED" });
    await listener.accept();
    await listener.dial();
    listener.close();
  });

  test("closed, it refuses, rejects those who accept, and closes the conns that nobody took", async () => {
    const listener = new PipeListener();
    const dialled = await listener.dial();
    listener.close();
    listener.close();
    expect(await readText(dialled)).toBe(null);
    expect(await reasonOf(listener.accept())).toSatisfy(isClosed);
    await expect(listener.dial()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("is named pipe at either end", async () => {
    const listener = new PipeListener();
    const conn = await listener.dial();
    expect([listener.addr, conn.localAddr, conn.remoteAddr].map(String)).toEqual(["pipe", "pipe", "pipe"]);
    listener.close();
  });

  test("using closes it", async () => {
    const closed = new PipeListener();
    {
      using listener = closed;
      await listener.dial();
    }
    expect(await reasonOf(closed.accept())).toSatisfy(isClosed);
  });

  test("iterating ends quietly when it is closed, and leaving the loop closes it", async () => {
    const listener = new PipeListener();
    await listener.dial();
    let count = 0;
    for await (const conn of listener) {
      conn.close();
      count++;
      listener.close();
    }
    expect(count).toBe(1);

    const left = new PipeListener();
    await left.dial();
    for await (const conn of left) {
      conn.close();
      break;
    }
    await expect(left.dial()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
