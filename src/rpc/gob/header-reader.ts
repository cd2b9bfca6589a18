import { corrupt } from "../../gob/errors.js";
import { map, string } from "../../gob/index.js";
import type { ValueReader, Wires } from "../../gob/schema.js";
import { exactUint, getLength, getNumber, getString, getUint, type Source } from "../../gob/source.js";
import type { WireField } from "../../gob/wire-type.js";
import type { Request, Response } from "../codec.js";
import { Names } from "../names.js";

/** What both headers have between them. */
export type Header = Request & Response;

/** Makes one, to be read into. */
export function newHeader(): Header {
  return { serviceMethod: "", seq: 0, error: "", meta: undefined, timeoutMs: undefined, code: undefined };
}

const meta = map(string, string);
const decimal = /^(?:0|-?[1-9][0-9]{0,14})$/;

/** Reads headers, all into one object. */
export class HeaderReader {
  readonly #into: Header;
  readonly #names = new Names();

  constructor(into: Header) {
    this.#into = into;
  }

  /** Makes a reader of a type of the wire, which has been seen to fit. */
  reader(fields: readonly WireField[], wires: Wires, knows: (name: string) => boolean): ValueReader {
    const reads = fields.map((field) => (knows(field.name) ? this.#field(field, wires) : wires.skipper(field.id)));
    return (s) => this.#read(s, reads);
  }

  #read(s: Source, reads: readonly ((s: Source) => void)[]): Header {
    this.#clear();
    for (let i = -1; ; ) {
      const delta = getUint(s);
      if (delta === 0) return this.#into;
      i += delta;
      const read = reads[i];
      if (read === undefined) throw corrupt("bad data: field numbers out of bounds");
      read(s);
    }
  }

  #clear(): void {
    const into = this.#into;
    into.serviceMethod = "";
    into.seq = 0;
    into.error = "";
    into.meta = into.timeoutMs = into.code = undefined;
  }

  #field({ name, id }: WireField, wires: Wires): (s: Source) => void {
    const into = this.#into;
    switch (name) {
      case "ServiceMethod":
        return (s) => this.#serviceMethod(s);
      case "Seq":
        return (s) => readSeq(s, into);
      case "Error":
        return (s) => {
          into.error = getString(s);
        };
      case "Code":
        return (s) => {
          const code = getString(s);
          into.code = decimal.test(code) ? Number(code) : code;
        };
      case "TimeoutMs":
        return (s) => {
          into.timeoutMs = getNumber(s);
        };
      default:
        return this.#meta(wires.reader(meta, id, name) as ValueReader);
    }
  }

  #meta(read: ValueReader): (s: Source) => void {
    return (s) => {
      this.#into.meta = Object.fromEntries(read(s) as Map<string, string>);
    };
  }

  #serviceMethod(s: Source): void {
    const n = getLength(s, "string");
    const at = s.pos;
    s.pos = at + n;
    this.#into.serviceMethod = this.#names.get(s.b, at, s.pos);
  }
}

function readSeq(s: Source, into: Header): void {
  const seq = getUint(s);
  into.seq = seq <= Number.MAX_SAFE_INTEGER ? seq : exactUint(s, seq);
}
