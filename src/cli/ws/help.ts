import { dialFlagsText } from "../dial-flags.js";
import { commonFlagsText } from "../flags.js";
import { lineHelp } from "./line.js";

/** What `toolkit ws --help` prints. */
export const wsHelp = `Talks to a WebSocket server.

Usage: toolkit ws URL [options]

  On a terminal it is a conversation, with history and editing:

${lineHelp.replace(/^/gm, "    ")}

  Otherwise each line of stdin is sent as a text message, as it is, and what comes is printed:
  texts as they are, in a line, binary messages as hex dumps; at the end of stdin it waits, and
  closes.

  --wait <time>      how long to wait after the end of stdin (default: 1s)
  --subprotocol <p>  offer a subprotocol; as often as needed
  --compress         offer compression
${dialFlagsText}
                     (--timeout: to connect; default: 30s)
${commonFlagsText}

  With --json each event is a line: {"event":"open"|"message"|"ping"|"pong"|"close",…}, bytes
  in it {"$bytes":"…"} in base64.

Examples:
  toolkit ws wss://example.com/chat
  toolkit ws ws://localhost:8080 -H 'Origin: http://localhost' -H 'Cookie: id=1'
  echo hello | toolkit ws ws://localhost:8080 --wait 200ms
  toolkit ws ws://localhost:8080/ticks --json < /dev/null --wait 1h | head -3

Exit codes: 0 closed with 1000, 1001, without a code or by us, 1 any other code or the handshake
was refused, 2 wrong options, 3 cannot connect, 4 time ran out, 5 the connection broke, 130 Ctrl-C.
`;
