import { Schema } from "../../gob/index.js";
import type { ValueReader, Wires, Writers } from "../../gob/schema.js";
import { type Header, HeaderReader } from "./header-reader.js";
import { HeaderWriter } from "./header-writer.js";
import type { HeaderTypes } from "./types.js";

/**
 * The schema of a header on one connection: reads all of them into one object, and writes them without making any. Of
 * what a call costs the headers are the larger part (bench/rpc-echo).
 */
export class HeaderSchema extends Schema<Header, Header> {
  readonly #types: HeaderTypes;
  readonly #header: Header;
  readonly #reader: HeaderReader;
  readonly #writer = new HeaderWriter();

  /** Reads into `header`. */
  constructor(types: HeaderTypes, header: Header) {
    super();
    this.#types = types;
    this.#header = header;
    this.#reader = new HeaderReader(header);
  }

  /** The type that is sent in place of Go's own where there is more to say. */
  get full(): Schema {
    return this.#types.full;
  }
  override toString(): string {
    return this.#types.plain.toString();
  }
  override get base(): Schema {
    return this.#types.plain;
  }
  override get isStruct(): boolean {
    return true;
  }
  override zero(): Header {
    return this.#header;
  }
  override check(v: unknown): Header {
    return v as Header;
  }
  protected override makeWriters(): Writers {
    return {
      value: (s, v) => this.#writer.write(s, v as Header),
      field: () => false,
    };
  }
  override makeReader(wires: Wires, id: number, name: string): ValueReader | null {
    const { full } = this.#types;
    full.makeReader(wires, id, name); // says in Go's words what does not fit
    const wire = wires.wire(id);
    if (wire?.kind !== "struct") return null;
    return this.#reader.reader(wire.fields, wires, (field) => full.hasField(field));
  }
}
