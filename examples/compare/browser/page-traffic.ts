/** What a page has sent and received. */
export interface PageTraffic {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
  /** How long each round trip took, where there are any. */
  readonly micros: readonly number[];
}
