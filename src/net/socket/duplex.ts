import { Duplex } from "node:stream";
import type { Conn } from "../conn.js";

const readBytes = 65_536;

/**
 * Makes a Node stream of any {@link Conn}, for what Node does with streams only, such as TLS. The stream owns the conn
 * from then on: destroying it closes the conn.
 */
export function duplexOf(conn: Conn): Duplex {
  const buffer = new Uint8Array(readBytes);
  return new Duplex({
    allowHalfOpen: true,
    read() {
      conn.read(buffer).then(
        (n) => this.push(n === null ? null : Buffer.from(buffer.subarray(0, n))), // a copy: the stream keeps it
        (err: Error) => this.destroy(err),
      );
    },
    write(chunk: Uint8Array, _encoding, done) {
      conn.write(chunk).then(() => done(), done);
    },
    final(done) {
      conn.closeWrite().then(() => done(), done);
    },
    destroy(err, done) {
      conn.close();
      done(err);
    },
  });
}
