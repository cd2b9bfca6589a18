import { commonFlagsText } from "../flags.js";

/** What `toolkit listen --help` prints. */
export const listenHelp = `Listens, and prints what arrives, or sends it back.

Usage: toolkit listen URL [options]

  URL                tcp://host:port, tls://host:port, unix:/path, udp://host:port, ws://host/path
                     or wss://host/path; without a host it is all addresses of this machine, and
                     port 0 is a free one

  --echo             send back what arrives, and print only who comes and goes
  --raw              print nothing but the bytes that arrive, for another program
  --once             end with the first connection; over udp with the first datagram
  --cert, --key      the certificate for tls and wss and its key, files in PEM
  --any-origin       serve the pages of all sites (ws, wss); otherwise those of the same host
${commonFlagsText}

  Where it listens, and who comes and goes, is on stderr. Bytes that are no text are printed as
  hex dumps. With --json each event is a line: {"event":"listening"|"open"|"data"|"message"|
  "close",…}, with the number of the connection as "conn".

Examples:
  toolkit listen ws://localhost:8080 --echo
  toolkit listen tcp://:1234 --once --raw > session.gob
  toolkit listen udp://:5353 --json
  toolkit listen tls://:8443 --cert cert.pem --key key.pem

Exit codes: 0 done with --once, 2 wrong options, 3 cannot listen, 5 the connection of --once
broke, 130 Ctrl-C, by which it ends otherwise.
`;
