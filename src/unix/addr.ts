import type { Addr } from "../net/conn.js";
import { syscallError } from "../net/errno.js";
import { AddrError } from "../net/errors.js";

/**
 * Holds the address of one end of a Unix conn. Plain data.
 * @see {@link https://pkg.go.dev/net#UnixAddr | Go net.UnixAddr}
 */
export class UnixAddr implements Addr {
  /** Always `"unix"`. */
  readonly transport = "unix" as const;
  /** The file's path; `@name` for an abstract name of Linux; empty for the end that dialled, which has none. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Prints the path, or `@` for an end without a name, as Go does. */
  toString(): string {
    return this.path === "" ? "@" : this.path;
  }
}

/** The longest path that the system takes, in bytes: the last one of its 108 is for the zero byte that ends it. */
const maxPathBytes = 107;

/** Tells whether a path is an abstract name of Linux, for which there is no file. */
export function isAbstract(path: string): boolean {
  return path.startsWith("@");
}

/** Refuses a path that the system does not take, in its words; libuv would cut it short without one. */
export function checkPath(path: string, syscall: string): void {
  if (path === "") throw new AddrError("missing address", "");
  const max = isAbstract(path) ? maxPathBytes + 1 : maxPathBytes;
  if (path.includes("\0") || new TextEncoder().encode(path).byteLength > max) throw syscallError(syscall, "EINVAL");
}

/** Turns a path into what the system takes: `@name` begins with a zero byte there. */
export function systemPath(path: string): string {
  return isAbstract(path) ? `\0${path.slice(1)}` : path;
}

/** Returns an address as errors tell it, which is not at all where there is none. */
export function known(addr: UnixAddr): UnixAddr | undefined {
  return addr.path === "" ? undefined : addr;
}
