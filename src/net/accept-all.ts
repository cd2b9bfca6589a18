import type { Closer } from "./conn.js";
import { isClosed } from "./errors.js";

/** Iterates over what a listener accepts, until it is closed; leaving the loop closes it. */
export async function* acceptAll<C>(listener: Closer & { accept(): Promise<C> }): AsyncGenerator<C, void, undefined> {
  try {
    for (;;) yield await listener.accept();
  } catch (err) {
    if (!isClosed(err)) throw err;
  } finally {
    listener.close();
  }
}
