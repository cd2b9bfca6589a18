import { isTimeout, NetError } from "../net/errors.js";
import { exitCodes } from "./exit-codes.js";
import { printable } from "./printable.js";
import { Stopped } from "./stopped.js";
import { UsageError } from "./usage-error.js";

/** What is said of an error, and what the process ends with. */
export interface Failure {
  readonly exitCode: number;
  /** One line. */
  readonly message: string;
  /** Tells errors apart. */
  readonly code: string | number | undefined;
  /** What a server of JSON-RPC 2.0 says beside it. */
  readonly data: unknown;
}

/** The codes of what a command line asks for and cannot get. */
const usageCodes: readonly unknown[] = [
  "ERR_NOT_SUPPORTED",
  "ERR_RPC_ENCODE",
  "ERR_ADDR",
  "ERR_UNKNOWN_PORT",
  "ERR_UNKNOWN_NETWORK",
];
/** Those of an answer that is a refusal. */
const refusals: readonly unknown[] = ["ERR_WS_BAD_HANDSHAKE", "ERR_RPC_HTTP"];
/** What it takes to have a connection. */
const opening: readonly unknown[] = ["dial", "dial-http", "listen", "bind", "open", "read"];

/** Says what an error means for the user. */
export function failureOf(err: unknown): Failure {
  const { message, code, data } = err as { message?: unknown; code?: unknown; data?: unknown };
  const text = typeof message === "string" && message !== "" ? message : String(err);
  return {
    exitCode: exitCodeOf(err),
    message: printable(text),
    code: typeof code === "string" || typeof code === "number" ? code : undefined,
    data,
  };
}

function exitCodeOf(err: unknown): number {
  const { name, code, closeCode } = err as { name?: unknown; code?: unknown; closeCode?: unknown };
  if (err instanceof Stopped) return err.exitCode;
  if (err instanceof UsageError || usageCodes.includes(code)) return exitCodes.usage;
  if (name === "ServerError" || refusals.includes(code)) return exitCodes.refused;
  if (name === "CloseError") return closeCode === 1006 ? exitCodes.broken : exitCodes.refused;
  if (isTimeout(err)) return exitCodes.timeout;
  return otherExitCode(err);
}

function otherExitCode(err: unknown): number {
  const { name, op, syscall, errno } = err as { name?: unknown; op?: unknown; syscall?: unknown; errno?: unknown };
  if (err instanceof NetError) return opening.slice(0, -1).includes(op) ? exitCodes.unreachable : exitCodes.broken;
  if (name === "GobError") return exitCodes.broken;
  if (typeof errno === "number" && opening.includes(syscall)) return exitCodes.unreachable; // a file
  const isMistake = err instanceof TypeError || err instanceof RangeError || err instanceof SyntaxError;
  return isMistake ? exitCodes.usage : exitCodes.bug;
}
