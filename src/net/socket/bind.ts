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

/** Closes a listener when a signal is aborted, now or later. */
export function closeOnAbort(listener: { close(): void }, signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
  signal?.addEventListener("abort", () => listener.close(), { once: true });
}
