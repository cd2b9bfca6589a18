/**
 * Readies a value for msgpack: returns it untouched where it is fit to be written, and a copy where it is not.
 *
 * - Integers beyond 32 bits become bigints: as floats, which they would be otherwise, Go refuses them for an int64.
 * - `toJSON` is called, except on dates, which become timestamps.
 * - A `Uint8Array`, `ArrayBuffer` or `DataView` becomes bytes, every other typed array a list of its numbers.
 * - A `Set` becomes a list; `undefined` becomes nil.
 * @throws {TypeError} for functions, symbols and bigints beyond 64 bits; {@link RangeError} for what is nested deeper
 * than `depth`, as all cycles are
 */
export function plain(value: unknown, depth: number): unknown {
  if (typeof value === "number") return isWide(value) ? BigInt(value) : value;
  if (typeof value === "object") return value === null ? null : plainObject(value, depth);
  if (typeof value === "bigint" && !fits(value)) throw new TypeError("Cannot encode a bigint of more than 64 bits");
  if (typeof value === "function" || typeof value === "symbol") throw new TypeError(`Cannot encode a ${typeof value}`);
  return value;
}

function fits(n: bigint): boolean {
  return BigInt.asIntN(64, n) === n || BigInt.asUintN(64, n) === n;
}

function isWide(n: number): boolean {
  return (n > 0xffff_ffff || n < -0x8000_0000) && Number.isSafeInteger(n);
}

function plainObject(value: object, depth: number): unknown {
  if (depth <= 0) throw new RangeError("Cannot encode what is nested too deep, or within itself");
  if (Array.isArray(value)) return plainList(value, depth - 1);
  if (value.constructor === Object) return plainRecord(value as Record<string, unknown>, depth - 1);
  if (value instanceof Uint8Array || value instanceof Date) return value;
  if (value instanceof Map) return plainMap(value, depth - 1);
  if (value instanceof Set) return plainList([...value], depth - 1);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return plainView(value, depth);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return plain(toJSON.call(value), depth - 1);
  return plainRecord(value as Record<string, unknown>, depth - 1);
}

function plainView(view: ArrayBufferView, depth: number): unknown {
  if (view instanceof DataView) return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return plainList(Array.from(view as unknown as Iterable<unknown>), depth - 1);
}

function plainList(list: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = plain(list[i], depth);
    if (item === list[i] || Number.isNaN(item)) continue;
    copy ??= list.slice();
    copy[i] = item;
  }
  return copy ?? list;
}

function plainRecord(record: Record<string, unknown>, depth: number): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const value = record[key];
    const ready = plain(value, depth);
    if (ready === value || Number.isNaN(ready) || !Object.hasOwn(record, key)) continue;
    copy ??= { ...record };
    copy[key] = ready;
  }
  return copy ?? record;
}

function plainMap(map: ReadonlyMap<unknown, unknown>, depth: number): ReadonlyMap<unknown, unknown> {
  return new Map([...map].map(([key, value]) => [plain(key, depth), plain(value, depth)]));
}
