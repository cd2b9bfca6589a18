import type { Command } from "./command.js";
import { exitCodesText } from "./exit-codes.js";

/** The sub-commands, loaded when they are asked for. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  call: async () => (await import("./call/command.js")).callCommand,
  ws: async () => (await import("./ws/command.js")).wsCommand,
  listen: async () => (await import("./listen/command.js")).listenCommand,
  gob: async () => (await import("./gob/command.js")).gobCommand,
  compare: async () => (await import("./compare/command.js")).loadCompare(),
};

/** What `toolkit --help` prints. */
export const helpText = `Looks into what goes over a network: calls methods, speaks WebSocket, listens, reads gob,
and compares the ways to do it.

Usage: toolkit <command> [options]

  call     call a method of a server: Go's net/rpc, msgpack, JSON-RPC
  ws       talk to a WebSocket server, line by line
  listen   listen, and echo or print what arrives
  gob      print a stream of Go's encoding/gob in words
  compare  measure conns, calls and requests side by side, on this machine

  toolkit <command> --help tells more, with examples.

Options of all commands but compare, which has its own:
  --json             all output as JSON, one object a line, errors too
  -v, --verbose      say more; errors with their causes and stacks
  -h, --help         print this
  --version          print the version

${exitCodesText}`;
