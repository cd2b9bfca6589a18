/** Says what is wrong with the command line. */
export class UsageError extends Error {
  override name = "UsageError";
}
