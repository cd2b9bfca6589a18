import { corrupt, overLimit } from "./errors.js";
import { getLength, getUint, type Source, skipBytes } from "./source.js";
import {
  type WireField,
  type WireType,
  wireBool,
  wireBytes,
  wireComplex,
  wireFloat,
  wireInt,
  wireInterface,
  wireString,
  wireUint,
} from "./wire-type.js";

/** What a walk needs to know of the stream. */
export interface Walked {
  wire(id: number): WireType | undefined;
  spreads(id: number): boolean;
  /** Reads definitions up to the type of an interface value; goes on with the next message, if there is one yet. */
  readType(): number;
}

/** Something that is under way: elements of one or two types in turn, the fields of a struct, or a type to be read. */
interface Frame {
  readonly kind: "elements" | "fields" | "type";
  readonly ids: readonly number[];
  readonly fields: readonly WireField[];
  /** How many elements are left, or the last field. */
  n: number;
}

/**
 * Reads past a value by its types. A stack of its own, so that a walk can stop where the next message is not there yet,
 * and go on later.
 */
export class Walker {
  readonly #stream: Walked;
  readonly #frames: Frame[] = [];
  #start: number | null;

  /** `id` is the type of the value. */
  constructor(stream: Walked, id: number) {
    this.#stream = stream;
    this.#start = id;
  }

  /** Walks on to the end of the value. Throws as `readType` does where that cannot go on, and can be called again. */
  run(s: Source): void {
    if (this.#start !== null) {
      const id = this.#start;
      this.#start = null;
      this.#enter(s, id);
    }
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) this.#step(s, frame);
  }

  /** Begins with a value that stands by itself. */
  top(s: Source): this {
    if (this.#start !== null && this.#stream.wire(this.#start)?.kind !== "struct") skipZero(s);
    return this;
  }

  #step(s: Source, frame: Frame): void {
    if (frame.kind === "elements") {
      if (frame.n === 0) this.#frames.pop();
      else this.#enter(s, frame.ids[frame.n-- % frame.ids.length] as number);
    } else if (frame.kind === "fields") this.#stepField(s, frame);
    else this.#stepType(s);
  }

  #stepField(s: Source, frame: Frame): void {
    const delta = getUint(s);
    if (delta === 0) {
      this.#frames.pop();
      return;
    }
    frame.n += delta;
    const field = frame.fields[frame.n];
    if (field === undefined) throw corrupt("bad data: field numbers out of bounds");
    this.#enter(s, field.id);
  }

  /** What is left of an interface value: its type, a length, and the value. */
  #stepType(s: Source): void {
    const id = this.#stream.readType();
    this.#frames.pop();
    getUint(s);
    if (this.#stream.wire(id)?.kind !== "struct") skipZero(s);
    this.#enter(s, id);
  }

  #enter(s: Source, id: number): void {
    switch (id) {
      case wireBool:
      case wireInt:
      case wireUint:
      case wireFloat:
        getUint(s);
        break;
      case wireComplex:
        getUint(s);
        getUint(s);
        break;
      case wireBytes:
      case wireString:
        skipBytes(s);
        break;
      case wireInterface: {
        const n = getLength(s, "interface name");
        s.pos += n;
        if (n > 0) this.#push(s, { kind: "type", ids: [], fields: [], n: 0 });
        break;
      }
      default:
        this.#enterDefined(s, id);
    }
  }

  #enterDefined(s: Source, id: number): void {
    const wire = this.#stream.wire(id);
    switch (wire?.kind) {
      case "struct":
        this.#push(s, { kind: "fields", ids: [], fields: wire.fields, n: -1 });
        break;
      case "map":
        this.#pushElements(s, [wire.key, wire.elem], 2 * getUint(s));
        break;
      case "slice":
        this.#pushElements(s, [wire.elem], getUint(s));
        break;
      case "array": {
        const n = getUint(s);
        if (n !== wire.length) throw corrupt("length mismatch in ignoreArray");
        this.#pushElements(s, [wire.elem], n);
        break;
      }
      case "opaque":
        skipBytes(s);
        break;
      case undefined:
        throw corrupt(`bad data: undefined type ${id}`);
    }
  }

  #pushElements(s: Source, ids: readonly number[], n: number): void {
    s.count(
      n,
      ids.some((id) => this.#stream.spreads(id)),
    );
    if (n > 0) this.#push(s, { kind: "elements", ids, fields: [], n });
  }

  #push(s: Source, frame: Frame): void {
    const { maxDepth } = s.limits;
    if (this.#frames.length >= maxDepth) throw overLimit(`value is nested deeper than ${maxDepth}`);
    this.#frames.push(frame);
  }
}

function skipZero(s: Source): void {
  if (getUint(s) !== 0) throw corrupt("decode: corrupted data: non-zero delta for singleton");
}
