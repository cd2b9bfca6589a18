import type { Instant } from "./types.js";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const month = `(?<month>${months.join("|")})`;
const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
/** The three forms of RFC 9110 section 5.6.7, of which only the first is written. */
const forms = [
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) ${month} (?<year>\d{4}) ${time} GMT$`),
  new RegExp(String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-${month}-(?<year>\d\d) ${time} GMT$`),
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \d]\d) ${time} (?<year>\d{4})$`),
];

/** Reads an HTTP-date; gives milliseconds since the epoch, or `null` for what is none. */
export function parseHttpDate(text: string): number | null {
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return toInstant(parts);
  }
  return null;
}

function toInstant(parts: Record<string, string>): number | null {
  const part = (name: string) => Number(parts[name]);
  const [year, monthIndex, day] = [fullYear(parts["year"] ?? ""), months.indexOf(parts["month"] ?? ""), part("day")];
  if (part("hour") > 23 || part("minute") > 59 || part("second") > 60) return null;
  const instant = Date.UTC(year, monthIndex, day, part("hour"), part("minute"), part("second"));
  const date = new Date(Date.UTC(year, monthIndex, day));
  return date.getUTCDate() === day && date.getUTCMonth() === monthIndex ? instant : null;
}

/** A year of two digits is the one that is not more than 50 years ahead. */
function fullYear(digits: string): number {
  if (digits.length === 4) return Number(digits);
  const now = new Date().getUTCFullYear();
  const year = now - (now % 100) + Number(digits);
  return year > now + 50 ? year - 100 : year;
}

/** Gives milliseconds since the epoch, of whole seconds: an HTTP-date has no more. */
export function toSeconds(instant: Instant): number {
  return Math.floor(Number(instant) / 1000) * 1000;
}

/**
 * Writes an HTTP-date.
 * @throws {RangeError} it is no time
 */
export function formatHttpDate(instant: Instant): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) throw new RangeError("Time is not valid");
  return date.toUTCString();
}
