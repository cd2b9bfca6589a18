import { type CustomSchema, gobEncoder } from "./custom.js";
import { GobError } from "./errors.js";
import { GoTime } from "./go-time.js";
import { int64 } from "./integers.js";
import { formatTime, parseTime } from "./json/time.js";
import { named } from "./named.js";
import { type Schema, unfit } from "./schema.js";

/** Seconds from year 1, where Go counts from, to 1970. */
const unixToYearOne = 62_135_596_800n;
const utcMinutes = -1;

function encodeTime(value: GoTime | Date): Uint8Array {
  const time = toGoTime(value);
  const offset = time.offsetSeconds ?? utcMinutes * 60;
  const seconds = offset % 60;
  const view = new DataView(new ArrayBuffer(seconds === 0 ? 15 : 16));
  view.setUint8(0, seconds === 0 ? 1 : 2);
  view.setBigInt64(1, BigInt(time.unixSeconds) + unixToYearOne);
  view.setInt32(9, time.nanoseconds);
  view.setInt16(13, (offset - seconds) / 60);
  if (seconds !== 0) view.setInt8(15, seconds);
  return new Uint8Array(view.buffer);
}

function decodeTime(data: Uint8Array): GoTime {
  const [version] = data;
  if (version === undefined) throw badTime("Time.UnmarshalBinary: no data");
  if (version !== 1 && version !== 2) throw badTime("Time.UnmarshalBinary: unsupported version");
  if (data.byteLength !== 14 + version) throw badTime("Time.UnmarshalBinary: invalid length");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const minutes = view.getInt16(13);
  const offset = minutes * 60 + (version === 2 ? view.getInt8(15) : 0);
  try {
    const seconds = Number(view.getBigInt64(1) - unixToYearOne);
    return new GoTime(seconds, view.getInt32(9), offset === utcMinutes * 60 ? null : offset);
  } catch (err) {
    throw badTime(`Time.UnmarshalBinary: ${(err as Error).message}`);
  }
}

function badTime(message: string): GobError {
  return new GobError("ERR_GOB_CODEC", message);
}

function toGoTime(value: unknown): GoTime {
  if (value instanceof GoTime) return value;
  if (value instanceof Date) return GoTime.fromDate(value);
  throw unfit("time.Time", value);
}

function timeOf(json: unknown): GoTime {
  const time = typeof json === "string" ? parseTime(json) : toGoTime(json);
  if (time === null) throw new RangeError("Time is not RFC 3339");
  return time;
}

/** Go's time.Time: a {@link GoTime}. A `Date` may be encoded as well. */
export const time: CustomSchema<GoTime, GoTime | Date> = gobEncoder<GoTime, GoTime | Date>("time.Time", {
  encode: encodeTime,
  decode: decodeTime,
  isZero: (value) => {
    const t = toGoTime(value);
    return t.isZero() && t.offsetSeconds === null;
  },
  zero: () => GoTime.zero(),
  check: toGoTime,
  json: { toJSON: (value) => formatTime(toGoTime(value)), fromJSON: timeOf },
  jsonSchema: { type: "string", format: "date-time" },
});

/** Go's time.Duration: nanoseconds, as a bigint only where a number cannot hold them. */
export const duration: Schema<number | bigint, number | bigint> = named("time.Duration", int64);

function encodeBigInt(value: bigint): Uint8Array {
  if (typeof value !== "bigint") throw unfit("*big.Int", value);
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude === 0n ? "" : magnitude.toString(16);
  const hex = digits.padStart(digits.length + (digits.length % 2), "0");
  const data = new Uint8Array(1 + hex.length / 2);
  data[0] = value < 0n ? 3 : 2;
  for (let i = 0; i < hex.length; i += 2) data[1 + i / 2] = Number.parseInt(hex.slice(i, i + 2), 16);
  return data;
}

/** So many bytes at once become text: few, for what stands around meanwhile. */
const hexPiece = 1024;

function hexOf(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function decodeBigInt(data: Uint8Array): bigint {
  const [head] = data;
  if (head === undefined) return 0n; // what Go sends of a nil pointer among elements
  if (head >> 1 !== 1)
    throw new GobError("ERR_GOB_CODEC", `Int.GobDecode: encoding version ${head >> 1} not supported`);
  let hex = "0x0";
  for (let i = 1; i < data.byteLength; i += hexPiece) hex += hexOf(data.subarray(i, i + hexPiece));
  const magnitude = BigInt(hex);
  return head & 1 ? -magnitude : magnitude;
}

function bigIntOf(json: unknown): bigint {
  if (typeof json === "bigint") return json;
  if (!Number.isSafeInteger(json)) throw unfit("*big.Int", json);
  return BigInt(json as number);
}

/** More digits take time that grows with their square. */
const mostDigits = /^[+-]?\d{1,4096}$/;

function bigIntOfText(text: string): bigint {
  if (!mostDigits.test(text)) throw unfit("*big.Int", text);
  return BigInt(text.replace("+", ""));
}

/** Go's *big.Int: a bigint of any size. A zero is sent, as Go does; `optional(bigInt)` may be `null`, for nil. */
export const bigInt: CustomSchema<bigint> = gobEncoder<bigint>("*big.Int", {
  encode: encodeBigInt,
  decode: decodeBigInt,
  zero: () => 0n,
  json: { toJSON: (value) => value, fromJSON: bigIntOf, fromText: bigIntOfText },
  jsonSchema: { type: "integer" },
});
