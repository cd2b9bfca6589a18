import type { ListenOptions, Server } from "node:net";
import { fromNode } from "../errno.js";

/** Lets a server listen; rejects with the system's reason, in Go's words. */
export function bind(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (err: Error) => reject(fromNode(err, "bind"));
    server.once("error", onError);
    server.listen(options, () => {
      server.off("error", onError);
      resolve();
    });
  });
}

/**
 * Closes a listener when a signal is aborted: now, and throws the signal's reason, or later. `closing` tells with its
 * 'close' event when the signal may forget the listener.
 */
export function closeOnAbort(
  listener: { close(): void },
  signal: AbortSignal | undefined,
  closing?: { once(event: "close", run: () => void): unknown },
): void {
  if (signal === undefined) return;
  const close = () => listener.close();
  if (signal.aborted) close();
  signal.throwIfAborted();
  signal.addEventListener("abort", close, { once: true });
  closing?.once("close", () => signal.removeEventListener("abort", close));
}
