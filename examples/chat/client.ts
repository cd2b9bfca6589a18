// The chat in a terminal: `npm run example chat/client NAME [ROOM] [URL]`
import { createInterface } from "node:readline";
import { isClosed } from "toolkit/net";
import * as ws from "toolkit/ws";
import type { FromGuest, FromServer } from "./protocol.js";

const [name = "Terminal", room = "lobby", url = "ws://127.0.0.1:8080/"] = process.argv.slice(2);
const conn = await ws.dial(url.replace(/^http/, "ws")); // the address that the server prints will do
const say = (message: FromGuest) => conn.writeJSON(message);

await say({ type: "join", room, name });
const keyboard = createInterface({ input: process.stdin });
keyboard.on("line", (text) => void say({ type: "say", text }).catch(() => {})); // the loop below tells of an end
keyboard.on("close", () => void conn.closeWrite().catch(() => {})); // and still hear what was said before

try {
  for await (const message of conn) print(message.json<FromServer>());
} catch (err) {
  // We may have left ourselves, at the end of the input.
  if (!isClosed(err) && !ws.isCloseError(err, ws.CloseNormalClosure))
    print({ type: "refused", why: (err as Error).message });
} finally {
  keyboard.close();
}

function print(message: FromServer): void {
  process.stdout.write(`${lines(message).join("\n")}\n`);
}

function lines(message: FromServer): string[] {
  switch (message.type) {
    case "welcome":
      return [`In ${message.room}: ${message.names.join(", ")}`, ...message.history.flatMap(lines)];
    case "refused":
      return [message.why];
    case "said":
      return [`${message.name}: ${message.text}`];
    case "joined":
    case "left":
      return [`* ${message.name} ${message.type === "joined" ? "came in" : "left"}`];
  }
}
