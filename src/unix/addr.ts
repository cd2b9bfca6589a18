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

/** The longest path that the system takes, in bytes; libuv cuts a longer one short without a word. */
const maxPathBytes = 107;

/** Refuses a path that the system does not take, in its words. */
export function checkPath(path: string, syscall: string): void {
  if (path === "") throw new AddrError("missing address", "");
  if (new TextEncoder().encode(path).byteLength > maxPathBytes) throw syscallError(syscall, "EINVAL");
}

/** Turns a path into what the system takes: `@name` begins with a zero byte there. */
export function systemPath(path: string): string {
  return path.startsWith("@") ? `\0${path.slice(1)}` : path;
}
