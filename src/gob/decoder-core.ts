import { corrupt, GobError } from "./errors.js";
import { type DecoderLimits, limitsOf } from "./limits.js";
import { defaultRegistry, type Registry } from "./registry.js";
import { checkSchema, type Schema, type ValueReader } from "./schema.js";
import { getUint, Source } from "./source.js";
import { isIncomplete, MessageStream } from "./stream.js";
import { getText } from "./text.js";
import { Walker } from "./walker.js";
import { StreamWires } from "./wires.js";

/** What to make of a value: a schema, `undefined` for what the stream says, `null` to throw it away. */
export type Wanted = Schema | null | undefined;

/** How to read what has a type on the wire as what is wanted. */
interface Known {
  readonly wanted: Wanted;
  readonly id: number;
  readonly read: ValueReader;
}

const unknown: Known = { wanted: null, id: -1, read: () => undefined };

/**
 * Decodes a stream that arrives in pieces, without waiting for any.
 *
 * A value that is not all there is tried again when it is. It is looked for by a {@link Walker}, which goes on where it
 * stopped: however a peer cuts its messages, each byte is read three times at the most.
 */
export class DecoderCore {
  readonly #s: Source;
  readonly #wires: StreamWires;
  readonly #stream: MessageStream;
  readonly #registry: Registry;
  /** The type of the value that comes next, or -1 while it is not known. */
  #id = -1;
  #walker: Walker | null = null;
  /** How many types were known before the value. */
  #mark = 0;
  /** All of the value is there: its end has been found. */
  #isWhole = false;
  /** The value failed, and the walk to its end goes on. */
  #isSkipping = false;
  /** Interface values are decoded by what the stream says if their type is not registered. */
  #isLenient = false;

  /** What was read last, or before that, is mostly what is read next: a header, or its body. */
  #last: Known = unknown;
  #beforeLast: Known = unknown;

  constructor(options: DecoderLimits & { readonly registry?: Registry | undefined }) {
    const limits = limitsOf(options);
    this.#s = new Source(limits);
    this.#wires = new StreamWires(limits, (s, id) => this.#walk(id).run(s));
    this.#stream = new MessageStream(this.#s, this.#wires, limits);
    this.#registry = options.registry ?? defaultRegistry;
    this.#s.readInterface = (s) => this.#readInterface(s);
  }

  /** What broke the stream, if anything did. */
  get failure(): GobError | null {
    return this.#stream.failure;
  }

  push(chunk: Uint8Array): void {
    this.#stream.push(chunk);
  }

  room(bytes: number): Uint8Array {
    return this.#stream.room(bytes);
  }

  advance(bytes: number): void {
    this.#stream.advance(bytes);
  }

  finish(): void {
    this.#stream.finish();
  }

  /** Tells whether the last value has been decoded. */
  get isDone(): boolean {
    return this.#id < 0 && this.#stream.isDone;
  }

  /** Decodes the next value, or gives `undefined` while it is not all there. With `null` it gives `true` for a value. */
  decode(wanted: Wanted): unknown {
    if (this.#stream.failure !== null) throw this.#stream.failure;
    if (wanted !== this.#last.wanted && wanted !== this.#beforeLast.wanted && wanted != null) checkSchema(wanted);
    try {
      if (this.#walker !== null && !this.#walkOn()) return undefined;
      if (this.#id < 0 && !this.#readType()) return undefined;
      const value = this.#read(this.#id, wanted);
      this.#done();
      return value;
    } catch (err) {
      if (!isIncomplete(err) || this.#isWhole) throw this.#recover(err);
      this.#startWalk(this.#id);
      return this.decode(wanted);
    }
  }

  /** Reads up to the type of the next value. */
  #readType(): boolean {
    this.#s.reset();
    this.#id = this.#stream.readTopType();
    if (this.#id < 0) return false;
    this.#stream.keep();
    this.#mark = this.#wires.mark;
    return true;
  }

  #read(id: number, wanted: Wanted): unknown {
    if (wanted === null) {
      this.#walk(id).top(this.#s).run(this.#s);
      return true;
    }
    const last = this.#last;
    const known = last.wanted === wanted && last.id === id ? last : this.#other(wanted, id);
    this.#isLenient = wanted === undefined;
    return known.read(this.#s);
  }

  #other(wanted: Schema | undefined, id: number): Known {
    const before = this.#beforeLast;
    const isIt = before.wanted === wanted && before.id === id;
    const known = isIt ? before : { wanted, id, read: this.#reader(wanted ?? this.#wires.derive(id), id, "*") };
    this.#beforeLast = this.#last;
    return (this.#last = known);
  }

  #reader(schema: Schema, id: number, pointer: string): ValueReader {
    return this.#wires.topReader(schema, id, pointer);
  }

  #walk(id: number): Walker {
    return new Walker(
      {
        wire: (at) => this.#wires.wire(at),
        spreads: (at) => this.#wires.spreads(at),
        readType: () => this.#stream.readType(),
      },
      id,
    );
  }

  /** Goes back to the beginning of the value, to look for its end. */
  #startWalk(id: number): void {
    this.#stream.goBack();
    this.#wires.rollback(this.#mark);
    this.#s.reset();
    this.#walker = this.#walk(id).top(this.#s);
  }

  /** Looks for the end of the value; once that is found, goes back to its beginning, or drops it. */
  #walkOn(): boolean {
    try {
      this.#walker?.run(this.#s);
    } catch (err) {
      if (isIncomplete(err)) return false;
      throw err;
    }
    this.#walker = null;
    if (this.#isSkipping) {
      this.#done();
    } else {
      this.#stream.goBack();
      this.#wires.rollback(this.#mark);
      this.#s.reset();
      this.#isWhole = true;
    }
    return true;
  }

  #done(): void {
    this.#stream.dropMessage();
    this.#id = -1;
    this.#walker = null;
    this.#isSkipping = false;
    this.#isWhole = false;
  }

  /** After an error the stream goes on behind the value, where that can be found, or else behind the message. */
  #recover(err: unknown): unknown {
    const id = this.#id;
    if (id < 0 || this.#isSkipping || !this.#wires.spreads(id)) {
      this.#done();
      return err;
    }
    try {
      this.#startWalk(id);
      this.#isSkipping = true;
      this.#walkOn();
    } catch {
      this.#done();
    }
    return err;
  }

  #readInterface(s: Source): unknown {
    const name = readName(s);
    if (name === "") return null;
    const schema = this.#registry.schemaOf(name);
    if (schema === undefined && !this.#isLenient) throw unregistered(name);
    const id = this.#stream.readType();
    getUint(s); // the length of the value, for those who skip it
    s.enter(64);
    const value = this.#reader(schema ?? this.#wires.derive(id), id, "")(s);
    s.depth--;
    if (schema !== undefined) this.#registry.remember(value, schema);
    return value;
  }
}

function readName(s: Source): string {
  const n = getUint(s);
  if (n > s.end - s.pos) throw corrupt(`invalid type name length ${n}: exceeds input size`);
  if (n > s.limits.maxNameBytes) throw corrupt(`name too long (${n} bytes)`);
  const at = s.pos;
  s.pos = at + n;
  return getText(s.b, at, s.pos);
}

function unregistered(name: string): GobError {
  return new GobError("ERR_GOB_NAME", `gob: name not registered for interface: ${JSON.stringify(name)}`);
}
