/** What a row's process is asked for: it answers a round with the figures so far. */
export interface RowQuestion {
  readonly ask: "warm-up" | "round";
}
