import { setTimeout as sleep } from "node:timers/promises";
import type { CloseError } from "../../ws/close-error.js";
import { CloseGoingAway, CloseNormalClosure, CloseNoStatusReceived, TextMessage } from "../../ws/constants.js";
import { dial } from "../../ws/dial.js";
import type { Command, Context } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { linesOf } from "../input.js";
import { Stopped } from "../stopped.js";
import { Conversation } from "./conversation.js";
import { wsHelp } from "./help.js";
import { parseWS, type WSOptions } from "./options.js";
import { jsonReport, plainReport } from "./reporter.js";
import { Session } from "./session.js";

/** Talks to a WebSocket server. */
export const wsCommand: Command = {
  help: wsHelp,
  async run(words, context) {
    const options = parseWS(words);
    const { url, timeoutMs, subprotocols } = options;
    const { signal } = context;
    const conn = await dial(url, {
      ...options.dial,
      subprotocols,
      enableCompression: options.compress,
      timeoutMs,
      signal,
    });
    const { host, output } = context;
    const isTerminal = host.stdin.isTTY === true && host.stdout.isTTY === true && !output.json;
    const conversation = isTerminal ? new Conversation(context) : null;
    const report = conversation?.report ?? (output.json ? jsonReport(output) : plainReport(output));
    const session = new Session(conn, report);
    try {
      await report({ event: "open", url, subprotocol: conn.subprotocol });
      return await talk(session, conversation, options, context);
    } finally {
      conversation?.close();
      await session.end();
    }
  },
};

async function talk(
  session: Session,
  conversation: Conversation | null,
  options: WSOptions,
  { host, signal: stop }: Context,
): Promise<number> {
  const over = new AbortController();
  const wanted = conversation === null ? stop : AbortSignal.any([stop, conversation.signal]);
  const signal = AbortSignal.any([wanted, over.signal]);
  const receiving = session.receive(wanted).finally(() => over.abort(new Stopped(exitCodes.ok)));
  const sending = conversation?.run(session, signal) ?? feed(session, host.stdin, options.waitMs, signal);
  const sent = sending
    .then(() => (over.signal.aborted ? undefined : session.goodbye()))
    .catch((err: unknown) => {
      if (over.signal.aborted) return; // the peer was first, and receiving tells how
      session.conn.close();
      throw err;
    });
  const [end] = await Promise.all([receiving, sent]);
  return exitCodeOf(end, session);
}

async function feed(
  { conn }: Session,
  stdin: Context["host"]["stdin"],
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const line of linesOf(stdin, signal)) await conn.writeMessage(TextMessage, line);
  await sleep(waitMs, undefined, { signal });
}

const fine: readonly number[] = [CloseNormalClosure, CloseGoingAway, CloseNoStatusReceived];

/** @throws {CloseError} for an end that is none of ours, and no ordinary one */
function exitCodeOf(end: CloseError | null, session: Session): number {
  if (end === null || session.isClosing || fine.includes(end.closeCode)) return exitCodes.ok;
  throw end;
}
