import type { Closer, Conn, Reader, Writer } from "./conn.js";
import { writeAll } from "./io.js";

const chunkBytes = 65_536;

/** Makes the web stream of what a conn receives. It reads only when asked, and closes the conn when cancelled. */
export function readableView(conn: Reader & Closer): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      type: "bytes",
      autoAllocateChunkSize: chunkBytes,
      async pull(controller) {
        const request = controller.byobRequest;
        const view = request?.view as Uint8Array<ArrayBuffer> | null | undefined;
        if (request === null || view === null || view === undefined) return;
        const n = await conn.read(view);
        if (n === null) controller.close();
        request.respond(n ?? 0);
      },
      cancel() {
        conn.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Makes the web stream of what a conn sends. */
export function writableView(conn: Writer & Closer & Pick<Conn, "closeWrite">): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (chunk) => writeAll(conn, chunk),
    close: () => conn.closeWrite(),
    abort() {
      conn.close();
    },
  });
}
