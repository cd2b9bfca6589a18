import { OpError } from "../net/errors.js";

/**
 * Waits for the fragments of one part, each of which resolves to its length; resolves to all of it. When some are not
 * sent, the error says how many bytes are.
 */
export async function allSent(
  fragments: readonly Promise<number>[],
  dress: (cause: Error, bytesWritten: number) => Error,
): Promise<number> {
  const outcomes = await Promise.allSettled(fragments);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  const sent = outcomes.reduce((sum, each) => sum + (each.status === "fulfilled" ? each.value : committedOf(each)), 0);
  if (failed === undefined) return sent;
  throw failed.reason instanceof OpError ? dress(failed.reason.cause, sent) : failed.reason;
}

function committedOf({ reason }: PromiseRejectedResult): number {
  return reason instanceof OpError ? (reason.bytesWritten ?? 0) : 0;
}
