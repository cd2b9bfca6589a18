import { skipBlank, skipComma, skipScalar, skipString, textOf } from "./scan.js";

/** What JSON.parse gives is taken for good unless it may lose digits, or set a prototype. */
const suspicious = /\d{16}|__proto__|\\u00[5-7]/;
const integer = /^-?\d{16,}$/;
const least = -(2n ** 63n);
const most = 2n ** 64n - 1n;

/** More digits than that are never made a bigint of, which takes time that grows with their square. */
const maxDigits = 4096;

/**
 * Gives the value of a JSON text that is known to be valid. An integer that a number cannot hold, and 64 bits can, is a
 * bigint; with `isExact` any integer of up to 4096 digits. A key `__proto__` arrives as `__proto_`, as over the other
 * codecs.
 */
export function parseValue(raw: string, isExact = false): unknown {
  return suspicious.test(raw) ? new CarefulParser(raw, isExact).value() : (JSON.parse(raw) as unknown);
}

/** Goes over valid JSON once, from value to value. */
class CarefulParser {
  readonly #raw: string;
  readonly #isExact: boolean;
  #at: number;

  constructor(raw: string, isExact: boolean) {
    this.#raw = raw;
    this.#isExact = isExact;
    this.#at = skipBlank(raw, 0);
  }

  value(): unknown {
    switch (this.#raw.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object();
      case 0x5b:
        return this.#array();
      case 0x22:
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#at = skipBlank(this.#raw, this.#at + 1);
    while (this.#raw.charCodeAt(this.#at) !== 0x7d) {
      const key = this.#string();
      this.#at = skipBlank(this.#raw, skipBlank(this.#raw, this.#at) + 1);
      object[key === "__proto__" ? "__proto_" : key] = this.value();
      this.#at = skipComma(this.#raw, this.#at);
    }
    this.#at++;
    return object;
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    this.#at = skipBlank(this.#raw, this.#at + 1);
    while (this.#raw.charCodeAt(this.#at) !== 0x5d) {
      array.push(this.value());
      this.#at = skipComma(this.#raw, this.#at);
    }
    this.#at++;
    return array;
  }

  #string(): string {
    const from = this.#at;
    this.#at = skipString(this.#raw, from);
    return textOf(this.#raw, from, this.#at);
  }

  #scalar(): unknown {
    const from = this.#at;
    this.#at = skipScalar(this.#raw, from);
    const text = this.#raw.slice(from, this.#at);
    const code = text.charCodeAt(0);
    return code < 0x3a ? numberOf(text, this.#isExact) : (JSON.parse(text) as unknown);
  }
}

/** What is neither exact as a number nor a bigint is rounded. */
function numberOf(text: string, isExact: boolean): number | bigint {
  const n = Number(text);
  if (Number.isSafeInteger(n) || text.length > maxDigits || !integer.test(text)) return n;
  const big = BigInt(text);
  return isExact || (big >= least && big <= most) ? big : n;
}
