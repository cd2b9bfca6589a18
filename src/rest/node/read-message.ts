import type { IncomingMessage } from "node:http";
import { join } from "../collect.js";

/** Says that the client went away before it had sent all. */
function gone(): DOMException {
  return new DOMException("The client went away", "AbortError");
}

/** Reads a body; gives `null`, and lets the rest pass by, if it has more than `limit` bytes. */
export function readMessage(message: IncomingMessage, limit: number): Promise<Uint8Array | null> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const done = (result: Uint8Array | null) => {
      message.off("data", take).off("end", end).off("close", close);
      resolve(result);
    };
    const take = (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > limit) done(null);
    };
    const end = () => done(join(chunks, size));
    const close = () => reject(gone());
    if (message.readableEnded) return done(new Uint8Array());
    if (message.destroyed) return close();
    message.on("data", take).on("end", end).on("close", close);
  });
}

/** Gives a body as a stream that reads no faster than it is read. */
export function streamMessage(message: IncomingMessage): ReadableStream<Uint8Array> {
  let wake = () => {};
  const listen = () => wake();
  const events = ["readable", "end", "close"] as const;
  const stop = () => events.forEach((event) => message.off(event, listen));
  return new ReadableStream<Uint8Array>(
    {
      start() {
        message.on("error", () => {});
        for (const event of events) message.on(event, listen);
      },
      async pull(controller) {
        const chunk = await nextChunk(message, (resume) => (wake = resume));
        if (chunk !== null) return controller.enqueue(new Uint8Array(chunk));
        stop();
        controller.close();
      },
      cancel() {
        stop();
        message.resume();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Gives what has come, once something has; `null` at the end. */
async function nextChunk(message: IncomingMessage, onWake: (resume: () => void) => void): Promise<Uint8Array | null> {
  for (;;) {
    const chunk = message.read() as Uint8Array | null;
    if (chunk !== null) return chunk;
    if (message.readableEnded) return null;
    if (message.destroyed) throw gone();
    await new Promise<void>((resolve) => onWake(resolve));
  }
}
