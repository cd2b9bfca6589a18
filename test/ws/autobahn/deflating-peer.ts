import { expect, onTestFinished } from "vitest";
import { Deflater, type Direction, Inflater } from "./deflate.js";
import { echo, type Meeting, meetEcho, type Peer, print, type Role, type Said, say } from "./peer.js";
import { bytesOf } from "./wire.js";

/** RSV1: the message is compressed. */
export const compressed = 4;

/** A {@link Peer} that compresses what it sends, and holds the other end to what was agreed. */
export class DeflatingPeer {
  readonly peer: Peer;
  readonly #deflater: Deflater;
  readonly #inflater: Inflater;

  constructor(peer: Peer, agreed: string, role: Role) {
    this.peer = peer;
    const [ours, theirs] = [directionOf(agreed, "server"), directionOf(agreed, "client")];
    this.#inflater = new Inflater(role === "server" ? ours : theirs);
    this.#deflater = new Deflater(role === "server" ? theirs : ours);
  }

  /** Makes the frames of a compressed message, of `size` bytes each. */
  async frames(opcode: number, data: Uint8Array | string, size = Number.POSITIVE_INFINITY): Promise<Uint8Array[]> {
    const whole = await this.#deflater.compress(bytesOf(data));
    const frames: Uint8Array[] = [];
    for (let at = 0; at === 0 || at < whole.byteLength; at += size) {
      const odd = { fin: at + size >= whole.byteLength, rsv: at === 0 ? compressed : 0 };
      frames.push(
        this.peer.frame(at === 0 ? opcode : 0, whole.subarray(at, at + Math.min(size, whole.byteLength)), odd),
      );
    }
    return frames;
  }

  /** Waits for the next message, inflated, and how many bytes it had on the wire. */
  async message(): Promise<Said & { wireBytes: number }> {
    const said = await this.peer.message();
    const wireBytes = said.payload.byteLength;
    if (said.rsv !== compressed) return { ...said, wireBytes };
    return { ...said, payload: await this.#inflater.inflate(said.payload), wireBytes };
  }

  /** Sends a compressed message, and requires it back; resolves to its bytes on the wire. */
  async echo(opcode: number, data: Uint8Array | string, size?: number, chop?: number): Promise<number> {
    const [back] = await Promise.all([this.message(), this.peer.send(await this.frames(opcode, data, size), chop)]);
    expect(print(back)).toBe(say(opcode, data));
    return back.wireBytes;
  }

  close(): void {
    this.#deflater.close();
    this.#inflater.close();
  }
}

/** Reads what one side may do out of the parameters that were agreed. */
function directionOf(agreed: string, side: "server" | "client"): Direction {
  const bits = new RegExp(`${side}_max_window_bits="?(\\d+)`).exec(agreed)?.[1];
  return { takeover: !agreed.includes(`${side}_no_context_takeover`), windowBits: Number(bits ?? 15) };
}

/** A peer of an echo that compresses. As a server, its answer is `extensions`; as a client, its offer. */
export async function meetDeflating(
  role: Role,
  meeting: Meeting & { extensions: string },
  behave = echo,
): Promise<DeflatingPeer> {
  const peer = await meetEcho(role, meeting, behave);
  const agreed = role === "server" ? peer.extensions : meeting.extensions;
  expect(agreed).toMatch(/^permessage-deflate/);
  const deflating = new DeflatingPeer(peer, agreed, role);
  onTestFinished(() => deflating.close());
  return deflating;
}
