import { GoTime } from "../go-time.js";

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d{1,32}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Reads a time as Go's time.Time does from JSON; `null` for what is none.
 * @see {@link https://www.rfc-editor.org/rfc/rfc3339#section-5.6 | RFC 3339, section 5.6}
 */
export function parseTime(text: string): GoTime | null {
  const found = rfc3339.exec(text);
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isThere =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  const [offsetHour, offsetMinute] = [Number(found[9] ?? 0), Number(found[10] ?? 0)];
  if (!isThere || offsetHour > 24 || offsetMinute > 60) return null;
  const offset = (found[8] === "-" ? -60 : 60) * (offsetHour * 60 + offsetMinute);
  const nanoseconds = Number((found[7] ?? "").slice(0, 9).padEnd(9, "0"));
  // An offset of a minute to the west is what stands for UTC in Go's own encoding.
  const isUTC = found[8] === undefined || offset === -60;
  return new GoTime(date.getTime() / 1000 - offset, nanoseconds, isUTC ? null : offset);
}

/**
 * Spells a time as Go's JSON has it. RFC 3339 has no seconds in offsets: they are left out, as Go does.
 * @throws {RangeError} in Go's words, for what RFC 3339 has no words for
 */
export function formatTime(time: GoTime): string {
  const { unixSeconds, nanoseconds, offsetSeconds } = time;
  const offset = offsetSeconds ?? 0;
  const year = new Date((unixSeconds + offset) * 1000).getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError("Time.MarshalJSON: year outside of range [0,9999]");
  if (Math.abs(offset) >= 86_400) throw new RangeError("Time.MarshalJSON: timezone hour outside of range [0,23]");
  const odd = offset % 60;
  return odd === 0 ? time.toString() : new GoTime(unixSeconds + odd, nanoseconds, offset - odd).toString();
}
