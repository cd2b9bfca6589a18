// Files in a terminal: `npm run example files/client put FILE [URL]`, `get NAME [URL]`, `list [URL]`
import { existsSync } from "node:fs";
import { basename } from "node:path";
import type * as ws from "toolkit/ws";
import { checkName } from "./file-name.js";
import { formatBytes } from "./format-bytes.js";
import { showProgress } from "./progress.js";
import { resume } from "./resume.js";
import { get, list, type OnProgress, type Outcome, put } from "./transfer-client.js";

const [verb = "list", ...rest] = process.argv.slice(2);
const defaultURL = "ws://127.0.0.1:8080/";

switch (verb) {
  case "list": {
    const [url = defaultURL] = rest;
    const files = await resume(
      url,
      ({ conn }) => list(conn),
      () => {},
    );
    for (const { name, size } of files) print(`${formatBytes(size).padStart(10)}  ${name}`);
    break;
  }
  case "put": {
    const [path = "", url = defaultURL] = rest;
    await transfer(`put ${basename(path)}`, url, (conn, onProgress) => put(conn, path, onProgress));
    break;
  }
  case "get": {
    const [name = "", url = defaultURL] = rest;
    const path = checkName(name); // in this folder, and nowhere else
    if (existsSync(path)) throw new Error(`${path} is there already`);
    await transfer(`get ${name}`, url, (conn, onProgress) => get(conn, name, path, onProgress));
    break;
  }
  default:
    throw new SyntaxError(`No such command: ${verb}; there are put FILE, get NAME and list`);
}

type Transfer = (conn: ws.Conn, onProgress: OnProgress) => Promise<Outcome>;

async function transfer(what: string, url: string, once: Transfer): Promise<void> {
  const startedAt = performance.now();
  const progress = showProgress(what, process.stderr);
  const attempt = resume(
    url,
    ({ conn, progressed }) =>
      once(conn, (done, size) => {
        progressed();
        progress.at(done, size);
      }),
    progress.note,
  );
  const { size, sha256 } = await attempt.finally(progress.end);
  const seconds = (performance.now() - startedAt) / 1000;
  print(`${what}: ${formatBytes(size)} in ${seconds.toFixed(1)} s, sha256 ${sha256}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
