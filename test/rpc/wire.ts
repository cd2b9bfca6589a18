// A peer by hand: what the tests of the wire format read and write byte for byte.
import { type Closer, pipe, type Reader, type StreamConn, type Writer } from "toolkit/net";

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A conn, and the peer that speaks on its other end. */
export function peer(): { conn: StreamConn; hand: Hand } {
  const [conn, other] = pipe();
  return { conn, hand: new Hand(other) };
}

/** The other end of a conn, worked by hand. */
export class Hand {
  readonly conn: StreamConn;
  constructor(conn: StreamConn) {
    this.conn = conn;
  }
  async send(hex: string): Promise<void> {
    await this.conn.write(fromHex(hex));
  }
  /** Sends byte by byte. */
  async trickle(hex: string): Promise<void> {
    for (const byte of fromHex(hex)) await this.conn.write(Uint8Array.of(byte));
  }
  /** Reads exactly so many bytes. */
  async receive(n: number): Promise<string> {
    const p = new Uint8Array(n);
    let at = 0;
    while (at < n) {
      const got = await this.conn.read(p.subarray(at));
      if (got === null) break;
      at += got;
    }
    return toHex(p.subarray(0, at));
  }
  /** Reads whatever comes next; `null` at the end. */
  async receiveSome(): Promise<string | null> {
    const p = new Uint8Array(65_536);
    const n = await this.conn.read(p);
    return n === null ? null : toHex(p.subarray(0, n));
  }
}

/** A conn whose reads wait until it is closed, and whose writes go where `write` says. */
export function fakeConn(write: (p: Uint8Array) => Promise<number>): Reader & Writer & Closer & { closes: number } {
  let end: (n: null) => void = () => {};
  const ended = new Promise<null>((resolve) => {
    end = resolve;
  });
  return {
    closes: 0,
    read: () => ended,
    write,
    close() {
      this.closes++;
      end(null);
    },
  };
}
