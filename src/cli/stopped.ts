/** Is why the command ends before it is done, about which there is nothing to say. */
export class Stopped extends Error {
  override name = "Stopped";
  /** What the process ends with. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("stopped");
    this.exitCode = exitCode;
  }
}
