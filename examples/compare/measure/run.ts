import type { Figures, Outcome, Row, RowHead } from "../results.js";
import type { OpenSubject, Site, Subject } from "../subject.js";

/** One subject on its way through a run: what fails ends its row, and no other. Nothing here rejects. */
export class Run {
  readonly #subject: Subject;
  readonly #head: RowHead;
  #open: OpenSubject | null = null;
  #outcome: Outcome<Figures> = { status: "pending" };
  #warmUps = 0;
  #rounds = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
    const { name, group, side, note } = subject;
    this.#head = { name, group, side, ...(note === undefined ? {} : { note }) };
  }

  /** What to call it where rows of both sides are told of. */
  get title(): string {
    return this.#head.side === "toolkit" ? this.#head.name : `${this.#head.name} (${this.#head.side})`;
  }

  get row(): Row {
    return { ...this.#head, ...this.#outcome };
  }

  /** Whether nothing more can be measured of it. */
  get isOver(): boolean {
    return this.#outcome.status === "failed" || this.#outcome.status === "skipped";
  }

  /** How many steps are to come, of so many rounds. */
  left(rounds: number): { readonly "warm-up": number; readonly round: number } {
    if (this.isOver) return { "warm-up": 0, round: 0 };
    return { "warm-up": 1 - this.#warmUps, round: rounds - this.#rounds };
  }

  /** Finds out whether it can be measured here. */
  async find(): Promise<void> {
    await this.#orFail(async () => {
      const reason = (await this.#subject.missing?.()) ?? null;
      if (reason !== null) this.#outcome = { status: "skipped", reason };
    });
  }

  /** Opens it, and measures once for nothing. */
  async warmUp(site: Site): Promise<void> {
    await this.#orFail(async () => {
      this.#open = await this.#subject.open(site);
      await this.#open.warmUp();
    });
    this.#warmUps++;
  }

  async round(): Promise<void> {
    await this.#orFail(async () => {
      await this.#open?.round();
      if (this.#open !== null) this.#outcome = { status: "measured", figures: this.#open.figures() };
    });
    this.#rounds++;
  }

  /** Closes it, if it is open. */
  async end(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await this.#orFail(async () => {
      await open?.[Symbol.asyncDispose]();
    });
  }

  async #orFail(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.#outcome = { status: "failed", error: err instanceof Error ? err.message : String(err) };
    }
  }
}
