import type { Subject } from "../subject.js";
import { type GoRow, goSubject } from "./go-subject.js";

const streamNote = "each burst is gathered in a bufio.Writer and flushed once; io.Copy echoes";
const webSocketNote =
  "gorilla/websocket; bursts and echoes are gathered in a bufio.Writer, which it does not do itself";
const rpcNote = "net/rpc makes a system call of each message, and has a goroutine for each call";
const restNote = "net/http, with a connection for each request that is under way";

const rows: readonly GoRow[] = [
  { name: "tcp", group: "conn", note: streamNote, idles: true },
  { name: "tls", group: "conn", note: streamNote, idles: true },
  { name: "unix", group: "conn", note: streamNote, idles: true },
  { name: "udp", group: "conn", note: "a system call for each datagram", maxMessageBytes: 65_507 },
  { name: "ws", group: "conn", note: webSocketNote, gorilla: true, idles: true },
  { name: "wss", group: "conn", note: webSocketNote, gorilla: true, idles: true },
  {
    name: "pipe",
    group: "conn",
    note: "net.Pipe: both ends in one process, in a goroutine each; bursts are gathered in a bufio.Writer",
    oneProcess: true,
  },
  { name: "rpc-tcp-gob", group: "rpc", note: rpcNote, idles: true },
  { name: "rpc-tcp-jsonrpc", group: "rpc", note: `${rpcNote}; bytes are base64`, idles: true },
  { name: "rpc-http-gob", group: "rpc", note: rpcNote, idles: true },
  { name: "rest", group: "http", note: restNote, idles: true, maxBurst: 8 },
  { name: "rest-close", group: "http", note: "net/http, with a connection for each request", maxBurst: 8 },
];

/** The rows whose both ends are Go's libraries, in one program each: go.mod and *.go in this folder. */
export const goSubjects: readonly Subject[] = rows.map(goSubject);
