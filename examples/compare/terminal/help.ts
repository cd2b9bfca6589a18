import { namesOf, type Offer } from "./choose.js";
import { wrap } from "./paint.js";

/** Returns what --help prints. */
export function helpText(offer: Offer, command: string): string {
  return `Compares conns, calls and requests side by side, with this package at both ends
and with Go's libraries, on this machine.

Usage: ${command} [options]

  --only <names>     only these rows, as in --only tcp,rpc-ws,updates; see below
  --sizes <sizes>    sizes of messages, as in --sizes 64,1k,16k,64k,1m
  --duration <s>     how many seconds all of it takes, about (default: 120)
  --quick            the same as --duration 30; the figures waver more
  --json             print one JSON object, not the tables
  --baseline <file>  tell what has moved since that --json was written; the exit
                     code stays 0 if it got slower, as timing is no verdict
  --report <file>    write a report with charts, one HTML file
  --open             open it in the browser; without --report it is
                     compare-report.html in the current folder
  --serve            show the report while it runs, live, until Ctrl-C
  --no-color         no colours; NO_COLOR and FORCE_COLOR are heeded too
  --help             print this

${wrap(`Names: ${namesOf(offer).join(", ")}; or how some begin, as rpc-ws or poll. go is all rows that Go has too.`)}

Exit codes: 0 if all ran or was skipped, 1 if some failed, 2 if the options are
wrong, and 130 after Ctrl-C.
`;
}
