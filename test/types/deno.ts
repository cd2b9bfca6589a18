// What Deno 2.9 declares, as far as conns go: its members, in its order. Deno itself is not needed.

export interface NetAddr {
  transport: "tcp" | "udp";
  hostname: string;
  port: number;
}

export interface UnixAddr {
  transport: "unix" | "unixpacket";
  path: string;
}

export interface VsockAddr {
  transport: "vsock";
  cid: number;
  port: number;
}

type Addr = NetAddr | UnixAddr | VsockAddr;

export interface Conn<A extends Addr = Addr> extends Disposable {
  read(p: Uint8Array): Promise<number | null>;
  write(p: Uint8Array): Promise<number>;
  close(): void;
  readonly localAddr: A;
  readonly remoteAddr: A;
  closeWrite(): Promise<void>;
  ref(): void;
  unref(): void;
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- as Deno has it
  readonly writable: WritableStream<Uint8Array<ArrayBufferLike>>;
}

export interface TcpConn extends Conn<NetAddr> {
  setNoDelay(noDelay?: boolean): void;
  setKeepAlive(keepAlive?: boolean): void;
}

interface TlsHandshakeInfo {
  alpnProtocol: string | null;
}

export interface TlsConn extends Conn<NetAddr> {
  handshake(): Promise<TlsHandshakeInfo>;
}

export interface UnixConn extends Conn<UnixAddr> {}

export interface Listener<T extends Conn = Conn, A extends Addr = Addr> extends AsyncIterable<T>, Disposable {
  accept(): Promise<T>;
  close(): void;
  readonly addr: A;
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;
  ref(): void;
  unref(): void;
}

export type TcpListener = Listener<TcpConn, NetAddr>;
export type TlsListener = Listener<TlsConn, NetAddr>;
export type UnixListener = Listener<UnixConn, UnixAddr>;
