// One upload of the page. What it sends and gets is in protocol.ts.
import { sha256 } from "./sha256.mjs";

const partBytes = 256 * 1024; // a browser cannot send a message in parts: the file goes in many messages
const windowBytes = 4 * 1024 * 1024; // so much may be on its way: the browser would take all, and hold it in memory
const url = location.href.replace(/^http/, "ws").replace(/#.*/, "");

/** An upload: it says how it is, can be paused, and goes on by itself when the connection is lost. */
export class Upload {
  state = "waiting"; // then checking, sending, paused, lost, done or failed
  why = "";
  stored = 0;
  #file;
  #onChange;
  #socket = null;
  #timer = 0;
  #pauseMs = 500;

  constructor(file, onChange) {
    this.#file = file;
    this.#onChange = onChange;
  }

  get size() {
    return this.#file.size;
  }

  /** Begins, or goes on: the server knows from where. */
  start() {
    clearTimeout(this.#timer);
    this.#set("checking");
    const socket = new WebSocket(url);
    this.#socket = socket;
    const hear = mailbox(socket);
    this.#transfer(socket, hear)
      .then(() => this.#set("done"))
      .catch((err) => socket === this.#socket && this.#stop(err))
      .finally(() => socket.close(1000));
  }

  /** Stops for now; what is stored stays there. */
  pause() {
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = null;
    this.#set("paused");
  }

  async #transfer(socket, hear) {
    await hear("open");
    say(socket, { type: "put", name: this.#file.name, size: this.size });
    const there = await hear("there");
    let hash = await this.#hashOf(there.offset);
    const isSame = there.offset <= this.size && hexOf(hash) === there.sha256; // else it is a piece of another file
    if (!isSame) hash = sha256.create();
    let sent = isSame ? there.offset : 0;
    say(socket, { type: "go", offset: sent });
    this.#progress(socket, sent);
    this.#pauseMs = 500;
    while (sent < this.size) {
      const part = new Uint8Array(await this.#file.slice(sent, sent + partBytes).arrayBuffer());
      hash.update(part);
      socket.send(part);
      sent += part.byteLength;
      while (sent - this.stored >= windowBytes || (sent === this.size && this.stored < sent)) {
        this.#progress(socket, (await hear("at")).offset);
      }
    }
    say(socket, { type: "done", sha256: hexOf(hash) });
    await hear("stored");
  }

  async #hashOf(bytes) {
    const hash = sha256.create();
    for (let at = 0; at < bytes; at += partBytes) {
      hash.update(new Uint8Array(await this.#file.slice(at, Math.min(at + partBytes, bytes)).arrayBuffer()));
    }
    return hash;
  }

  #stop(err) {
    if (!(err instanceof Lost)) return this.#set("failed", err.message);
    this.#set("lost");
    this.#timer = setTimeout(() => this.start(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, 10_000);
  }

  #progress(socket, stored) {
    if (socket !== this.#socket) throw new Lost(); // it was paused: another goes on
    this.stored = stored;
    this.#set("sending");
  }

  #set(state, why = "") {
    this.state = state;
    this.why = why;
    this.#onChange(this);
  }
}

/** The connection has ended, and another may go on. */
class Lost extends Error {}

/** Takes what comes, to be heard one after another. */
function mailbox(socket) {
  const mail = [];
  let wake = () => {};
  const put = (message) => {
    mail.push(message);
    wake();
  };
  socket.addEventListener("open", () => put({ type: "open" }));
  socket.addEventListener("message", ({ data }) => put(JSON.parse(data)));
  socket.addEventListener("close", ({ code, reason }) => put({ type: "closed", code, why: reason }));
  return async (type) => {
    while (mail.length === 0) await new Promise((resolve) => (wake = resolve));
    if (mail[0].type === "closed") throw mail[0].code === 1008 ? new Error(mail[0].why) : new Lost();
    const message = mail.shift();
    if (message.type !== type) throw new Error(message.why ?? `The server said ${message.type}`);
    return message;
  };
}

function say(socket, message) {
  socket.send(JSON.stringify(message));
}

function hexOf(hash) {
  return [...hash.clone().digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
