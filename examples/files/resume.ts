import { setTimeout as sleep } from "node:timers/promises";
import { OpError } from "toolkit/net";
import * as ws from "toolkit/ws";

/** How often a transfer is tried that does not get on. */
const maxFailures = 6;

/** What a transfer is given. */
export interface Attempt {
  readonly conn: ws.Conn;
  /** Says that it gets on. */
  progressed(): void;
}

/**
 * Does a transfer, again after each cut of the connection, each time from where it stopped. Gives up when nothing gets
 * through six times in a row, or at once for what another connection would not mend.
 */
export async function resume<T>(url: string, transfer: (attempt: Attempt) => Promise<T>, note: Note): Promise<T> {
  let failures = 0;
  let hasBegun = false;
  const once = async () => {
    await using conn = await ws.dial(url.replace(/^http/, "ws"), { maxMessageBytes: 0 }); // a file is one message
    hasBegun = true;
    return await transfer({ conn, progressed: () => void (failures = 0) });
  };
  for (;;) {
    try {
      return await once();
    } catch (err) {
      if (!hasBegun || !isCut(err) || ++failures >= maxFailures) throw err;
      note(`${(err as Error).message}: going on`);
      await sleep(250 * 2 ** (failures - 1));
    }
  }
}

/** Is told why there is a pause. */
export type Note = (text: string) => void;

const passing = [ws.CloseGoingAway, ws.CloseAbnormalClosure, ws.CloseServiceRestart, ws.CloseTryAgainLater];

function isCut(err: unknown): boolean {
  return err instanceof OpError || ws.isCloseError(err, ...passing);
}
