import type { Subject } from "../subject.js";
import { browserSubject } from "./browser-subject.js";

/** The rows of what a page does, in Chromium. */
export const browserSubjects: readonly Subject[] = [
  browserSubject({ name: "browser-ws", server: "ws", note: "toolkit/ws in a page" }),
  browserSubject({ name: "browser-rpc", server: "rpc-ws-msgpack", note: "toolkit/rpc in a page, over ws, in msgpack" }),
  browserSubject({
    name: "browser-rest",
    server: "rest",
    maxBurst: 8,
    countedMessages: 30,
    note: "fetch in a page; Chromium has six connections to a server",
  }),
];
