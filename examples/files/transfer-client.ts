import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import * as ws from "toolkit/ws";
import { hashFile, partsOf, sumOf } from "./hash-file.js";
import { Part } from "./part.js";
import type { FromClient, FromServer } from "./protocol.js";
import { Refused } from "./refused.js";

/** Is told how far a file has come. */
export type OnProgress = (done: number, size: number) => void;

/** What a transfer came to. */
export interface Outcome {
  readonly size: number;
  readonly sha256: string;
}

/** Uploads a file over a connection, from where the server has it. Rejects when the connection breaks: do it again. */
export async function put(conn: ws.Conn, path: string, onProgress: OnProgress): Promise<Outcome> {
  await using file = await open(path);
  const { size } = await file.stat();
  await say(conn, { type: "put", name: basename(path), size });
  const there = await hearA(conn, "there");
  const begun = await hashFile(file, there.offset);
  const isSame = sumOf(begun) === there.sha256; // else there is a piece of another file
  const [offset, hash] = isSame ? [there.offset, begun] : [0, await hashFile(file, 0)];
  await say(conn, { type: "go", offset });

  // Two at once on one connection: the file goes up, and what is stored of it comes down.
  const sending = sendRest(conn, file, offset, size, (part) => hash.update(part)).then(async () => {
    const sha256 = sumOf(hash);
    await say(conn, { type: "done", sha256 });
    return { size, sha256 };
  });
  const [outcome] = await Promise.all([sending, hearStored(conn, size, onProgress)]);
  return outcome;
}

/** Sends the rest of a file as one message, fragment by fragment. */
async function sendRest(
  conn: ws.Conn,
  file: FileHandle,
  offset: number,
  size: number,
  onPart: (part: Uint8Array) => void,
): Promise<void> {
  if (offset === size) return;
  const writer = await conn.nextWriter(ws.BinaryMessage);
  for await (const part of partsOf(file, offset, size)) {
    onPart(part);
    await writer.write(part); // resolves when the system has taken it: a slow server slows the reading of the file
  }
  await writer.close();
}

async function hearStored(conn: ws.Conn, size: number, onProgress: OnProgress): Promise<void> {
  for (let message = await hear(conn); message.type !== "stored"; message = await hear(conn)) {
    if (message.type === "at") onProgress(message.offset, size);
  }
}

/** Downloads a file to `path`, from where `path.part` ends. Rejects when the connection breaks: do it again. */
export async function get(conn: ws.Conn, name: string, path: string, onProgress: OnProgress): Promise<Outcome> {
  const part = await Part.open(`${path}.part`, Number.POSITIVE_INFINITY);
  try {
    await say(conn, { type: "get", name, offset: part.offset, sha256: part.sha256 });
    const { size, offset } = await hearA(conn, "sending");
    if (offset !== part.offset) await part.restart();
    const { reader } = await conn.nextReader();
    const buffer = new Uint8Array(131_072);
    for (let n = await reader.read(buffer); n !== null; n = await reader.read(buffer)) {
      await part.write(buffer.subarray(0, n)); // meanwhile nothing is read, and the server has to wait
      onProgress(part.offset, size);
    }
    const { sha256 } = await hearA(conn, "sent");
    await part.finish(path, sha256);
    return { size, sha256 };
  } finally {
    await part.close();
  }
}

/** Asks for the list. */
export async function list(conn: ws.Conn): Promise<Extract<FromServer, { type: "files" }>["files"]> {
  await say(conn, { type: "list" });
  return (await hearA(conn, "files")).files;
}

async function hear(conn: ws.Conn): Promise<FromServer> {
  const message = await conn.readJSON<FromServer>();
  if (message.type === "refused") throw new Refused(message.why);
  return message;
}

async function hearA<T extends FromServer["type"]>(conn: ws.Conn, type: T): Promise<Extract<FromServer, { type: T }>> {
  const message = await hear(conn);
  if (message.type !== type) throw new Error(`The server said ${message.type} instead of ${type}`);
  return message as Extract<FromServer, { type: T }>;
}

function say(conn: ws.Conn, message: FromClient): Promise<void> {
  return conn.writeJSON(message);
}
