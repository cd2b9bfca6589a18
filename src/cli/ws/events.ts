import { dump } from "../message-text.js";
import { printable } from "../printable.js";

/** Is what happens on a WebSocket; with `--json` each is printed as it is. */
export type WSEvent =
  | { readonly event: "open"; readonly url: string; readonly subprotocol: string }
  | { readonly event: "message"; readonly type: "text"; readonly data: string }
  | { readonly event: "message"; readonly type: "binary"; readonly data: Uint8Array }
  | { readonly event: "ping" | "pong"; readonly data: Uint8Array; readonly ms?: number }
  | { readonly event: "close"; readonly code: number; readonly reason: string };

/** Describes what happens in words, for a terminal. */
export function describe(event: WSEvent): string {
  switch (event.event) {
    case "open":
      return `connected to ${event.url}${event.subprotocol === "" ? "" : `, subprotocol ${printable(event.subprotocol)}`}`;
    case "message":
      return `< ${event.type === "text" ? printable(event.data, "\n\t") : dump(event.data)}`;
    case "ping":
    case "pong":
      return `< ${event.event}${payload(event.data)}${event.ms === undefined ? "" : ` after ${event.ms} ms`}`;
    case "close":
      return `< close ${event.code}${event.reason === "" ? "" : ` ${printable(event.reason)}`}`;
  }
}

function payload(data: Uint8Array): string {
  return data.byteLength === 0 ? "" : ` ${printable(new TextDecoder().decode(data))}`;
}
