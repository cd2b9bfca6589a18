// The echo in a terminal: `npm run example echo/client ADDRESS [CERTIFICATE]`
// ADDRESS is one that the server prints, CERTIFICATE the file of whom to trust, which tls and wss need.
import { readFileSync } from "node:fs";
import { stdin, stdout } from "node:process";
import { dial } from "toolkit";
import { isTimeout } from "toolkit/net";
import { parseAddress } from "./address.js";

const patienceMs = 5000;
const [text = "ws://127.0.0.1:8080/", certificate] = process.argv.slice(2);
const { network, address } = parseAddress(text);
const trust = certificate === undefined ? {} : { ca: readFileSync(certificate, "utf8") };
const conn = await dial(network, address, { timeoutMs: patienceMs, ...trust });

const isLossy = network === "udp"; // it loses datagrams, takes no large ones, and has no end
const partBytes = isLossy ? 1024 : 65_536;
let sent = 0;
let received = 0;
let isAllSent = false;

try {
  await Promise.all([send(), receive()]);
} finally {
  stdin.destroy(); // nobody would answer
  conn.close();
}
if (received < sent) throw new Error(`${sent - received} of ${sent} bytes did not come back`);

/** Sends what is typed. Its end is the end of our half: the answers still come. */
async function send(): Promise<void> {
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    for (let at = 0; at < chunk.byteLength; at += partBytes) {
      conn.setWriteDeadline(Date.now() + patienceMs);
      sent += await conn.write(chunk.subarray(at, at + partBytes));
    }
  }
  isAllSent = true;
  conn.setReadDeadline(Date.now() + patienceMs);
  await conn.closeWrite();
}

/** Prints what comes back, until there is no more. */
async function receive(): Promise<void> {
  const p = new Uint8Array(65_536);
  for (let n = await read(p); n !== null; n = await read(p)) {
    received += n;
    await new Promise((resolve) => stdout.write(p.subarray(0, n), resolve));
  }
  if (!isAllSent) throw new Error("the other end has closed");
}

async function read(p: Uint8Array): Promise<number | null> {
  if (isLossy && isAllSent && received >= sent) return null;
  try {
    return await conn.read(p);
  } catch (err) {
    if (isLossy && isTimeout(err)) return null; // what is missing by now was lost
    throw err;
  }
}
