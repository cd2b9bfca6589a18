/** Is the client's side of an echo, whatever is underneath: messages of one size go out in bursts, and come back. */
export interface EchoClient extends AsyncDisposable {
  /** Sends messages, all in this tick. That they could not be sent is told by {@link EchoClient.receive}. */
  send(count: number): void;
  /** Waits until the oldest burst is back, or lost; resolves to how many of its messages came. */
  receive(): Promise<number>;
  /** Closes at once: whoever waits is rejected. */
  close(): void;
}

/** How many messages may be under way, and so how many buffers a client needs. */
export interface Load {
  readonly messageBytes: number;
  readonly maxUnderWay: number;
}
