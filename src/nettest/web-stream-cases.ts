import { check, closes, equal } from "./assert.js";
import { connCase } from "./conn-case.js";
import { discard, readToEnd } from "./conn-io.js";
import { checkPattern, pattern } from "./pattern.js";
import type { ConnCase } from "./types.js";

/** Holds the cases about the web streams of a conn. */
export const webStreamCases: readonly ConnCase[] = [
  connCase(
    "WebStreams",
    [],
    "What goes into writable comes out of readable; closing it ends the stream.",
    async ({ c1, c2 }, t) => {
      check(
        c1.writable === c1.writable && c2.readable === c2.readable,
        "web streams: got others, want the same each time",
      );
      const writer = c1.writable.getWriter();
      const reader = c2.readable.getReader();
      t.step("c1.writable to c2.readable");
      for (let at = 0; at < 5000; ) {
        const writing = t.spawn(writer.write(pattern(1000, at)));
        for (const end = at + 1000; at < end; ) {
          const { value } = await reader.read();
          check(value !== undefined, `end of readable after ${at} bytes, want 5000`);
          checkPattern(value, "what readable gave", at);
          at += value.byteLength;
        }
        await writing;
      }
      if (!t.traits.end) return;
      t.step("c1.writable closes");
      const closing = t.spawn(writer.close());
      equal((await reader.read()).done, true, "end of readable");
      await closing;
    },
  ),
  connCase("ReadableIterates", ["end"], "A loop can iterate over readable, to the end.", async ({ c1, c2 }, t) => {
    t.step("c1 writes, c2 iterates");
    const writing = t.spawn(c1.write(pattern(100_000)).then(() => c1.closeWrite()));
    let at = 0;
    for await (const chunk of c2.readable) {
      checkPattern(chunk, "what readable gave", at);
      at += chunk.byteLength;
    }
    equal(at, 100_000, "bytes that readable gave");
    await writing;
  }),
  connCase("ReadableCancel", [], "Cancelling readable closes the conn.", async ({ c1, c2 }, t) => {
    void discard(c2);
    t.step("cancel");
    await c1.readable.cancel();
    await c1.closed;
    await closes(c1.write(new Uint8Array(8)), "write");
  }),
  connCase(
    "WritableClose",
    ["end"],
    "Closing writable is closeWrite: the peer reads all, and the end.",
    async ({ c1, c2 }, t) => {
      t.step("c1.writable writes and closes, c2 reads");
      const writer = c1.writable.getWriter();
      const writing = t.spawn(Promise.all([writer.write(pattern(1000)), writer.close()]));
      const got = await readToEnd(c2);
      equal(got.byteLength, 1000, "bytes that c2 read");
      checkPattern(got, "what c2 read");
      await writing;
    },
  ),
  connCase("WritableAbort", [], "Aborting writable closes the conn.", async ({ c1, c2 }, t) => {
    void discard(c2);
    t.step("abort");
    await c1.writable.abort(new Error("not wanted any more"));
    await c1.closed;
    await closes(c1.read(new Uint8Array(8)), "read");
  }),
];
