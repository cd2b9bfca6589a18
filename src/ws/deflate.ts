import { constants } from "node:zlib";
import type { Bytes } from "../net/conn.js";
import type { Agreement } from "./compression.js";
import { type DeflateOptions, type DeflateParams, PerMessageDeflate } from "./npm-ws.js";

/** Takes what zlib made of some bytes, or why it could not. */
export type Done = (err: Error | null, bytes: Bytes) => void;

/**
 * Compresses or inflates the messages of one direction, in parts, one part at a time; zlib works in other threads, in
 * few at once over all conns.
 *
 * npm ws does the work: permessage-deflate with its contexts, windows and endings.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7692#section-7.2 | RFC 7692 section 7.2}
 */
class Codec {
  readonly #make: () => PerMessageDeflate;
  #deflate: PerMessageDeflate | null = null;
  #isBusy = false;
  #isClosed = false;

  constructor(make: () => PerMessageDeflate) {
    this.#make = make;
  }

  /** Runs one part; must not be called again before it is done. After {@link Codec.close} nothing is called back. */
  protected run(direction: "compress" | "decompress", bytes: Bytes, fin: boolean, done: Done): void {
    if (this.#isClosed) return;
    this.#deflate ??= this.#make();
    this.#isBusy = true;
    this.#deflate[direction](bytes, fin, (err, result) => {
      this.#isBusy = false;
      if (this.#isClosed) this.#release();
      else done(err, result);
    });
  }

  /** Begins anew: with no context, and what `make` gives now. */
  protected renew(): void {
    this.#release();
  }

  /** Releases zlib's memory; what is under way is waited for, and dropped. */
  close(): void {
    this.#isClosed = true;
    if (!this.#isBusy) this.#release();
  }

  #release(): void {
    this.#deflate?.cleanup();
    this.#deflate = null;
  }
}

/** Inflates what a peer compressed. */
export class Inflater extends Codec {
  constructor({ isServer, params }: Agreement) {
    super(() => made({ isServer }, params));
  }

  /** Inflates a part of a message; `fin` says that it is the last. */
  inflate(bytes: Bytes, fin: boolean, done: Done): void {
    this.run("decompress", bytes, fin, done);
  }
}

/** Compresses what we send. */
export class Deflater extends Codec {
  readonly #agreement: Agreement;
  #level: number;
  #nextLevel: number;

  constructor(agreement: Agreement, level: number = agreement.level) {
    super(() => made({ isServer: agreement.isServer, zlibDeflateOptions: zlibOptions(this.#level) }, agreement.params));
    this.#agreement = agreement;
    this.#level = this.#nextLevel = level;
  }

  /** The level, which a change of takes effect on from the next message on. */
  get level(): number {
    return this.#nextLevel;
  }
  set level(level: number) {
    this.#nextLevel = level;
  }

  /** Whether messages refer to earlier ones, so that each conn must compress for itself. */
  get hasContext(): boolean {
    const { isServer, params } = this.#agreement;
    return (isServer ? params.server_no_context_takeover : params.client_no_context_takeover) !== true;
  }

  /** The window, in bits. */
  get windowBits(): number {
    const { isServer, params } = this.#agreement;
    const bits = isServer ? params.server_max_window_bits : params.client_max_window_bits;
    return typeof bits === "number" ? bits : constants.Z_DEFAULT_WINDOWBITS;
  }

  /** Compresses a part of a message; `first` and `fin` say that it is the first, the last. */
  deflate(bytes: Bytes, first: boolean, fin: boolean, done: Done): void {
    if (first && this.#level !== this.#nextLevel) {
      this.#level = this.#nextLevel;
      this.renew();
    }
    this.run("compress", bytes, fin, done);
  }
}

function made(options: DeflateOptions, params: DeflateParams): PerMessageDeflate {
  const deflate = new PerMessageDeflate(options);
  deflate.params = params;
  return deflate;
}

/** Gorilla's -2 is a strategy of zlib's, not a level. */
function zlibOptions(level: number): NonNullable<DeflateOptions["zlibDeflateOptions"]> {
  return level === -2 ? { strategy: constants.Z_HUFFMAN_ONLY } : { level };
}

/** Compresses one whole message without a context, as {@link Deflater} does when there is none. */
export function deflateOnce(bytes: Bytes, level: number, windowBits: number): Promise<Bytes> {
  const params: DeflateParams = { server_no_context_takeover: true, server_max_window_bits: windowBits };
  const deflater = new Deflater({ isServer: true, params, level, thresholdBytes: 0 });
  return new Promise((resolve, reject) => {
    deflater.deflate(bytes, true, true, (err, result) => {
      deflater.close();
      if (err === null) resolve(result);
      else reject(err);
    });
  });
}
