import { GoTime } from "../../gob/go-time.js";

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,32}))?(?:Z|([+-])(\d\d):(\d\d))$/;

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
