import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { sourceFile } from "../measure/program.js";

const exec = promisify(execFile);
/** Where the program is, in a checkout. */
const source = sourceFile("go/go.mod");
const cwd = source === undefined ? undefined : dirname(source);
const gorilla = "github.com/gorilla/websocket";
/** How long the toolchain may take to tell, and to fetch: where there is no network, some proxies say nothing. */
const timeout = 20_000;

/** The programs that were built, by the folders of their runs. */
const built = new Map<string, Promise<string>>();
let toolchain: Promise<string | null> | undefined;
let library: Promise<string | null> | undefined;

/** Tells why there can be no Go programs, or null. */
export function missingGo(): Promise<string | null> {
  toolchain ??= source !== undefined ? succeeds("no Go toolchain", "version") : noSource();
  return toolchain;
}

/** Tells why there can be no Go programs that speak WebSocket, or null. */
export async function missingGorilla(): Promise<string | null> {
  const reason = await missingGo();
  if (reason !== null) return reason;
  library ??= succeeds(`${gorilla} cannot be fetched`, "mod", "download", gorilla);
  return library;
}

/** Builds the program into a run's folder, without gorilla where that is missing; resolves to where it is. */
export function buildGo(folder: string): Promise<string> {
  const program = built.get(folder) ?? build(folder);
  built.set(folder, program);
  return program;
}

async function build(folder: string): Promise<string> {
  const program = join(folder, process.platform === "win32" ? "compare-go.exe" : "compare-go");
  const tags = (await missingGorilla()) === null ? [] : ["-tags", "nogorilla"];
  await exec("go", ["build", ...tags, "-o", program, "."], { cwd });
  return program;
}

async function succeeds(reason: string, ...args: readonly string[]): Promise<string | null> {
  try {
    await exec("go", args, { cwd, timeout });
    return null;
  } catch {
    return reason;
  }
}

function noSource(): Promise<string> {
  return Promise.resolve("the Go program's source is not part of the package");
}
