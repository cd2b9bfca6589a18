import type { Observe } from "./observer.js";

/**
 * Lets a client's streams be watched to their end, as calls are: `next` settles when the last reply was read, or the reader
 * broke off, and not when there is something to read from.
 */
export function wholeStreams(observe: Observe): Observe {
  return (call, next) => {
    if (call.side !== "client" || call.kind !== "stream") return observe(call, next);
    return new Promise<unknown>((resolve, reject) => {
      const watched = observe(call, async (each) => {
        const replies = (await next(each)) as AsyncIterable<unknown>;
        await new Promise<void>((end, fail) => resolve(read(replies, end, fail)));
      });
      watched.catch(reject); // unless it is the reader who has heard of it
    });
  };
}

/** Reads on behalf of somebody, and tells how it ends. */
async function* read(
  replies: AsyncIterable<unknown>,
  end: () => void,
  fail: (reason: unknown) => void,
): AsyncGenerator<unknown, undefined> {
  try {
    yield* replies;
    return undefined;
  } catch (err) {
    fail(err);
    throw err;
  } finally {
    end();
  }
}
