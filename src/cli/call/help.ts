import { dialFlagsText } from "../dial-flags.js";
import { commonFlagsText } from "../flags.js";

/** What `toolkit call --help` prints. */
export const callHelp = `Calls a method of a server, and prints its reply as JSON.

Usage: toolkit call URL METHOD [ARGS] [options]

  URL                tcp://host:port, tls://host:port, unix:/path, ws://host/path, wss://host/path,
                     http://host:port[/path] and https://… (Go's DialHTTP, on /_goRPC_)
  METHOD             as in Arith.Multiply
  ARGS               JSON, or - for stdin (default: {}); put -- before what begins with a dash

  -c, --codec <c>    gob (Go's net/rpc), jsonrpc (Go's net/rpc/jsonrpc), jsonrpc2 or msgpack
                     (default: msgpack; behind http and https gob)
  -m, --meta <k=v>   metadata, as often as needed; gob, msgpack and jsonrpc2 carry it
  --stream           the method sends many replies: print each in a line (msgpack, jsonrpc2)
  --notify           ask for no answer (msgpack, jsonrpc2)
  --positional       a list has the arguments by position (jsonrpc2)
${dialFlagsText}
                     (--timeout: connecting and calling together; default: 30s, and for
                     --stream that is to connect)
${commonFlagsText}

  Integers keep all their digits. Bytes are {"$bytes":"…"} in base64, both ways; floats that
  JSON has no words for are {"$float":"NaN"}, {"$float":"Infinity"}. Over gob an integer is an
  int and any other number a float64, which Go tells apart.
  With --json the output is {"reply":…,"ms":…}, for --stream one {"reply":…} for each and
  {"done":true,"replies":…,"ms":…} in the end, for --notify {"sent":true,"ms":…}.

Examples:
  toolkit call tcp://localhost:1234 Arith.Multiply '{"A":7,"B":8}' --codec gob
  toolkit call http://localhost:1234 Arith.Divide '{"A":7,"B":0}'
  echo '{"Name":"Ada"}' | toolkit call unix:/run/people.sock People.Find - -c jsonrpc
  toolkit call wss://example.com/rpc Clock.Ticks --stream --json | head -3
  toolkit call tcp://localhost:1234 subtract '[42,23]' -c jsonrpc2 --positional

Exit codes: 0, 1 the server said no, 2 wrong options or arguments, 3 cannot connect, 4 time ran
out, 5 the connection broke, 130 Ctrl-C (the server is told to stop).
`;
