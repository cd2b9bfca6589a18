import { isControl } from "./frame.js";
import { type Outgoing, type Turn, turnOpcode } from "./outgoing.js";

/** What a frame that waits counts beside its payload. */
const overheadBytes = 64;

/**
 * Keeps the frames that wait for room, in the order in which they go: control frames first; then the fragments of the
 * message whose {@link Turn} it is, or else whole messages and those that wait for their turn.
 */
export class OutgoingQueue {
  /** The message that leaves in fragments. */
  turn: Turn | null = null;
  #messages: Outgoing[] = [];
  /** Made when there is one. */
  #fragments: Outgoing[] | null = null;
  #bytes = 0;

  /** Whether a message that comes now may go at once. */
  get isClear(): boolean {
    return this.turn === null && this.#messages.length === 0;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#messages.length === 0 && (this.#fragments?.length ?? 0) === 0;
  }

  /** How much waits, with something for each frame. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a frame in its place. */
  push(frame: Outgoing): void {
    this.#bytes += sizeOf(frame);
    if (frame.turn !== null && frame.opcode !== turnOpcode) this.#pushFragment(frame);
    else if (isControl(frame.opcode)) this.#pushControl(frame);
    else this.#messages.push(frame);
  }

  /** Adds a frame behind all others: a close message. */
  pushLast(frame: Outgoing): void {
    this.#bytes += sizeOf(frame);
    this.#messages.push(frame);
  }

  /** Returns the frame that goes next. */
  get first(): Outgoing | undefined {
    return this.#next[0];
  }

  /** Removes the frame that goes next. */
  shift(): void {
    const frame = this.#next.shift();
    if (frame !== undefined) this.#bytes -= sizeOf(frame);
  }

  /** Removes all but some. */
  keep(stays: (frame: Outgoing) => boolean): void {
    this.#messages = this.#messages.filter(stays);
    this.#fragments = this.#fragments?.filter(stays) ?? null;
    this.measure();
  }

  /** Counts again, as a payload has changed. */
  measure(): void {
    this.#bytes = 0;
    for (const frame of this.#messages) this.#bytes += sizeOf(frame);
    for (const frame of this.#fragments ?? []) this.#bytes += sizeOf(frame);
  }

  /** Control frames go between the fragments of a message, other messages do not. */
  get #next(): Outgoing[] {
    const [first] = this.#messages;
    const isBehind = this.turn !== null && (first === undefined || !isControl(first.opcode));
    return isBehind ? (this.#fragments ?? []) : this.#messages;
  }

  #pushFragment(frame: Outgoing): void {
    this.#fragments ??= [];
    this.#fragments.push(frame);
  }

  #pushControl(frame: Outgoing): void {
    const at = this.#messages.findIndex((other) => !isControl(other.opcode));
    this.#messages.splice(at < 0 ? this.#messages.length : at, 0, frame);
  }
}

function sizeOf(frame: Outgoing): number {
  return frame.payload.byteLength + overheadBytes;
}
