// Our Conn is member for member Deno's, in both directions; `tsc -p .` is the test, and nothing here runs.
import { type Conn, copy, type Listener, type PipeAddr, type StreamConn } from "toolkit/net";
import type { TCPAddr, TCPConn, TCPListener } from "toolkit/tcp";
import type { UnixAddr, UnixConn, UnixListener } from "toolkit/unix";
import type * as Deno from "./deno.js";

/** Compiles where every `From` may be used as a `To`. */
type Serves<From extends To, To> = From;
/** Compiles where both are the same union of names. */
type Same<A extends B, B extends PropertyKey> = [B] extends [A] ? true : never;

// The same members, no more and no fewer.
export const sameConn: Same<keyof Conn, keyof Deno.Conn> = true;
export const sameListener: Same<keyof Listener, keyof Deno.Listener> = true;
// @ts-expect-error: what our adapters return has more, such as deadlines
export const sameStreamConn: Same<keyof StreamConn, keyof Deno.Conn> = true;

/** Ours, where Deno's are asked for. */
export type Ours = [
  Serves<Conn<TCPAddr>, Deno.Conn<Deno.NetAddr>>,
  Serves<Conn<TCPAddr>, Deno.Conn>,
  Serves<StreamConn<TCPAddr>, Deno.Conn<Deno.NetAddr>>,
  Serves<TCPConn, Deno.TcpConn>,
  Serves<UnixConn, Deno.UnixConn>,
  Serves<Listener<Conn<TCPAddr>, TCPAddr>, Deno.Listener<Deno.Conn<Deno.NetAddr>, Deno.NetAddr>>,
  Serves<TCPListener, Deno.TcpListener>,
  Serves<UnixListener, Deno.UnixListener>,
  Serves<TCPAddr, Deno.NetAddr>,
  Serves<UnixAddr, Deno.UnixAddr>,
  // @ts-expect-error: a pipe's address is none of Deno's three
  Serves<StreamConn<PipeAddr>, Deno.Conn>,
  // @ts-expect-error: nor is an address of which nothing is known
  Serves<Conn, Deno.Conn>,
];

/** Deno's, where ours are asked for. */
export type Denos = [
  Serves<Deno.Conn, Conn>,
  Serves<Deno.Conn<Deno.NetAddr>, Conn<Deno.NetAddr>>,
  Serves<Deno.TcpConn, Conn<Deno.NetAddr>>,
  Serves<Deno.TlsConn, Conn<Deno.NetAddr>>,
  Serves<Deno.UnixConn, Conn<Deno.UnixAddr>>,
  Serves<Deno.Conn<Deno.VsockAddr>, Conn<Deno.VsockAddr>>,
  Serves<Deno.Listener, Listener>,
  Serves<Deno.TcpListener, Listener<Deno.TcpConn, Deno.NetAddr>>,
  Serves<Deno.TlsListener, Listener>,
  Serves<Deno.UnixListener, Listener>,
  // @ts-expect-error: Deno's have no deadlines
  Serves<Deno.TcpConn, StreamConn<Deno.NetAddr>>,
];

/** Functions of either side take conns of the other. */
export async function relay(ours: TCPConn, denos: Deno.TlsConn): Promise<void> {
  await Promise.all([copy(ours, denos), copy(denos, ours)]);
  await ours.readable.pipeTo(denos.writable);
  await denos.readable.pipeTo(ours.writable);
}

/** Bytes are plain: a Node Buffer may be given, and is never what one gets in a type. */
export async function bytes(ours: Conn, denos: Deno.Conn): Promise<void> {
  const buffer = Buffer.alloc(16);
  await ours.read(buffer);
  await ours.write(buffer);
  await denos.write(buffer);
  for await (const chunk of ours.readable) {
    const plain: Uint8Array<ArrayBuffer> = chunk;
    await denos.write(plain);
    // @ts-expect-error: what is read is no Buffer
    const wrong: Buffer = chunk;
    await denos.write(wrong);
  }
}

/** A stream of Buffers, or of views of memory that may be shared, is not what Deno's `readable` promises. */
export type Streams = [
  Serves<Conn["readable"], Deno.Conn["readable"]>,
  Serves<Deno.Conn["readable"], Conn["readable"]>,
  Serves<Conn["writable"], Deno.Conn["writable"]>,
  Serves<Deno.Conn["writable"], Conn["writable"]>,
  // @ts-expect-error: memory that may be shared
  Serves<ReadableStream<Uint8Array>, Conn["readable"]>,
  // @ts-expect-error: a Buffer may lie in shared memory too
  Serves<ReadableStream<Buffer>, Conn["readable"]>,
];
