import { type Schema, unfit } from "../../gob/schema.js";
import { takeNil, unread } from "./plan-cursor.js";
import { numberBytes, putFloat32, putFloat64, readFloat, readInteger } from "./plan-numbers.js";
import type { Part } from "./plan-part.js";

const maxFloat32 = 3.4028234663852886e38;
/** Infinity is in both. */
function isBeyondSingle(v: number): boolean {
  return Math.abs(v) > maxFloat32 && Number.isFinite(v);
}

/** Makes the part of float64, or of float32. Integers are read too, as Go does. */
export function floatPart(schema: Schema, isSingle: boolean): Part {
  return {
    write: (out, v) => {
      if (typeof v !== "number") throw unfit(schema, v);
      if (!isSingle) return out.advance(putFloat64(out.room(numberBytes), out.length, v));
      if (isBeyondSingle(v)) throw new RangeError(`${v} is out of range of float32`);
      out.advance(putFloat32(out.room(numberBytes), out.length, v));
    },
    read: (c) => {
      let v: number | bigint | typeof unread = readFloat(c);
      if (v === unread) {
        if (takeNil(c)) return 0;
        v = readInteger(c);
        if (v === unread) return unread;
      }
      const n = Number(v);
      if (!isSingle) return n;
      return isBeyondSingle(n) ? unread : Math.fround(n);
    },
    slow: (v, at) => {
      if (v === null) return 0;
      if (typeof v !== "number" && typeof v !== "bigint") throw at.unlike(schema, v);
      const n = Number(v);
      if (!isSingle) return n;
      if (isBeyondSingle(n)) throw at.error(`${n} is out of range of float32`);
      return Math.fround(n);
    },
  };
}

/** Makes the part of bool. As Go does, it reads 0 and 1 too. */
export function boolPart(schema: Schema): Part {
  return {
    write: (out, v) => {
      if (typeof v !== "boolean") throw unfit(schema, v);
      out.byte(v ? 0xc3 : 0xc2);
    },
    read: (c) => {
      if (takeNil(c)) return false;
      const token = c.at < c.end ? (c.bytes[c.at] as number) : 0xc1;
      if (token !== 0xc2 && token !== 0xc3 && token > 1) return unread;
      c.at++;
      return token === 0xc3 || token === 1;
    },
    slow: (v, at) => {
      if (typeof v === "boolean") return v;
      if (v === null || v === 0 || v === 1) return v === 1;
      throw at.unlike(schema, v);
    },
  };
}
