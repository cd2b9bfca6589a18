import { corrupt, unexpectedEOF } from "./errors.js";
import { limitsOf } from "./limits.js";
import { exactUint, getBytes, getFloat, getInt, getSmallInt, getString, getUint, longInt, Source } from "./source.js";
import {
  builtinNames,
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
import { StreamWires } from "./wires.js";

const mostLines = 10_000;
const mostBytesShown = 32;
const mostTextShown = 200;

/** Ends a print that is long enough. */
class EnoughLines extends Error {}

/**
 * Prints a stream in words: its messages, the types that it defines, and its values. It never throws: what is wrong is
 * the last line. It ends after 10,000 lines.
 *
 * ```ts
 * import { encode, int, struct, toDebugString } from "toolkit/gob";
 *
 * console.log(toDebugString(encode({ X: 22 }, struct("Point", { X: int }))));
 * // message of 21 bytes
 * //   type 65: Point struct { X int }
 * // message of 5 bytes
 * //   value of type Point (65)
 * //     X: 22
 * ```
 * @see {@link https://go.dev/src/encoding/gob/debug.go | Go encoding/gob debug.go}
 */
export function toDebugString(bytes: Uint8Array): string {
  return new Printer(bytes).print();
}

/** Reads a stream as the decoder does, but by itself, and prints as it goes. */
class Printer {
  readonly #lines: string[] = [];
  readonly #s: Source;
  readonly #length: number;
  readonly #wires: StreamWires;

  constructor(bytes: Uint8Array) {
    const limits = limitsOf({});
    this.#s = new Source(limits);
    this.#s.b = bytes;
    this.#length = bytes.byteLength;
    this.#wires = new StreamWires(limits, () => {});
  }

  print(): string {
    try {
      while (this.#s.end < this.#length) this.#message();
    } catch (err) {
      const reason = err instanceof EnoughLines ? "and so on" : `byte ${this.#s.pos}: ${(err as Error).message}`;
      this.#lines.push(reason);
    }
    return this.#lines.join("\n");
  }

  #line(depth: number, text: string): void {
    if (this.#lines.length >= mostLines) throw new EnoughLines();
    this.#lines.push("  ".repeat(Math.min(depth, 40)) + text);
  }

  #nextMessage(): void {
    const s = this.#s;
    s.pos = s.end;
    s.end = this.#length;
    const n = getUint(s);
    if (n > s.end - s.pos) throw unexpectedEOF();
    s.end = s.pos + n;
    this.#line(0, `message of ${n} bytes`);
  }

  #message(): void {
    const s = this.#s;
    s.reset();
    this.#nextMessage();
    const id = this.#type(1, false);
    if (id === null) return;
    this.#line(1, `value of type ${this.#nameOf(id)}${builtinNames[id] === undefined ? ` (${id})` : ""}`);
    this.#top(id, 2);
    if (s.pos < s.end) this.#line(2, `${s.end - s.pos} bytes more, which decoders skip`);
  }

  /** Prints definitions, and gives the type of the value that follows; `null` if that is in the next message. */
  #type(depth: number, isInterface: boolean): number | null {
    const s = this.#s;
    for (;;) {
      if (s.pos === s.end && isInterface) this.#nextMessage();
      const id = getSmallInt(s);
      if (id >= 0) return id;
      this.#wires.define(s, -id);
      this.#line(depth, `type ${-id}: ${this.#spell(this.#wires.wire(-id) as WireType)}`);
      if (s.pos === s.end && !isInterface) return null;
      if (s.pos === s.end) continue;
      if (!isInterface) throw corrupt("extra data in buffer");
      getUint(s);
    }
  }

  #nameOf(id: number): string {
    return builtinNames[id] ?? (this.#wires.wire(id)?.name || `type${id}`);
  }

  #spell(wire: WireType): string {
    const name = wire.name === "" ? "" : `${wire.name} `;
    switch (wire.kind) {
      case "struct":
        return `${name}struct { ${wire.fields.map((f) => `${f.name} ${this.#nameOf(f.id)}`).join("; ")} }`;
      case "slice":
        return `${name}[]${this.#nameOf(wire.elem)}`;
      case "array":
        return `${name}[${wire.length}]${this.#nameOf(wire.elem)}`;
      case "map":
        return `${name}map[${this.#nameOf(wire.key)}]${this.#nameOf(wire.elem)}`;
      case "opaque":
        return `${name}${wire.method === "gob" ? "GobEncoder" : `${wire.method} marshaler`}`;
    }
  }

  /** A value that stands by itself: a zero precedes what is no struct. */
  #top(id: number, depth: number): void {
    if (this.#wires.wire(id)?.kind === "struct") this.#fields(id, depth);
    else if (getUint(this.#s) !== 0) throw corrupt("decode: corrupted data: non-zero delta for singleton");
    else this.#value(id, depth, "");
  }

  #value(id: number, depth: number, label: string): void {
    const scalar = this.#scalar(id);
    if (scalar !== null) return this.#line(depth, label + scalar);
    if (id === wireInterface) return this.#interface(depth, label);
    const wire = this.#wires.wire(id);
    if (wire === undefined) throw corrupt(`bad data: undefined type ${id}`);
    this.#s.enter(0);
    this.#compound(id, wire, depth, label);
    this.#s.depth--;
  }

  #compound(id: number, wire: WireType, depth: number, label: string): void {
    const s = this.#s;
    switch (wire.kind) {
      case "struct":
        this.#line(depth, `${label}${this.#nameOf(id)}`);
        return this.#fields(id, depth + 1);
      case "map":
        return this.#entries(wire.key, wire.elem, depth, label);
      case "slice":
      case "array": {
        const n = getUint(s);
        this.#line(depth, `${label}${n} elements`);
        for (let i = 0; i < n; i++) this.#value(wire.elem, depth + 1, `[${i}] `);
        return;
      }
      case "opaque":
        this.#line(depth, `${label}${this.#nameOf(id)}: ${hexText(getBytes(s))}`);
    }
  }

  #entries(key: number, elem: number, depth: number, label: string): void {
    const n = getUint(this.#s);
    this.#line(depth, `${label}${n} entries`);
    for (let i = 0; i < n; i++) {
      this.#value(key, depth + 1, "key ");
      this.#value(elem, depth + 2, "");
    }
  }

  #fields(id: number, depth: number): void {
    const wire = this.#wires.wire(id);
    const fields = wire?.kind === "struct" ? wire.fields : [];
    for (let i = -1; ; ) {
      const delta = getUint(this.#s);
      if (delta === 0) return;
      i += delta;
      const field = fields[i];
      if (field === undefined) throw corrupt("bad data: field numbers out of bounds");
      this.#value(field.id, depth, `${field.name}: `);
    }
  }

  #interface(depth: number, label: string): void {
    const s = this.#s;
    const name = getString(s);
    if (name === "") return this.#line(depth, `${label}nil`);
    this.#line(depth, `${label}interface value ${JSON.stringify(name)}`);
    const id = this.#type(depth + 1, true) as number;
    getUint(s);
    s.enter(0);
    this.#top(id, depth + 1);
    s.depth--;
  }

  #scalar(id: number): string | null {
    const s = this.#s;
    switch (id) {
      case wireBool:
        return String(getUint(s) !== 0);
      case wireInt:
        return String(getInt(s) ?? longInt(s));
      case wireUint:
        return String(exactUint(s, getUint(s)));
      case wireFloat:
        return String(getFloat(s));
      case wireComplex:
        return `(${getFloat(s)}, ${getFloat(s)}i)`;
      case wireBytes:
        return hexText(getBytes(s));
      case wireString:
        return quoted(getString(s));
      default:
        return null;
    }
  }
}

function hexText(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, mostBytesShown), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `${bytes.byteLength} bytes${shown === "" ? "" : `: ${shown}`}${bytes.byteLength > mostBytesShown ? " …" : ""}`;
}

function quoted(text: string): string {
  return text.length > mostTextShown ? `${JSON.stringify(text.slice(0, mostTextShown))} …` : JSON.stringify(text);
}
