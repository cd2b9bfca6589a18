import { type Checking, Schema, type ValueReader, type Wires, type Writers } from "./schema.js";
import { putUint } from "./sink.js";
import { wireInterface } from "./wire-type.js";

/** Go's interface type. */
class AnySchema extends Schema {
  override toString(): string {
    return "interface {}";
  }
  override get builtinId(): number {
    return wireInterface;
  }
  override zero(): unknown {
    return null;
  }
  override check(v: unknown, _c: Checking): unknown {
    return v ?? null;
  }
  override get mayMiss(): boolean {
    return true;
  }
  protected override makeWriters(): Writers {
    return {
      value: (s, v) => s.writeInterface(v),
      field: (s, v, delta) => {
        if (v == null) return false;
        putUint(s, delta);
        s.writeInterface(v);
        return true;
      },
    };
  }
  override makeReader(_wires: Wires, id: number): ValueReader | null {
    return id === wireInterface ? (s) => s.readInterface(s) : null;
  }
}

/**
 * Go's interface{}: a value of any type that is registered, or `null` for nil.
 *
 * Encoding goes by the value: booleans, strings, `Uint8Array`s, and arrays of them have types of Go's; integers are int,
 * other numbers float64. Everything else tells its type by {@link typed}, or by what it was decoded from; an object that
 * has the fields of exactly one registered struct is taken for that.
 */
export const any: Schema = new AnySchema();
