/** Seconds from the first of January of year 1, where Go's zero time is, to 1970. */
const yearOne = -62_135_596_800;

/** What Temporal.Instant has that is used here. */
export interface InstantLike {
  /** Since 1970, in UTC. */
  readonly epochNanoseconds: bigint;
}

/** What the platform's Temporal has that is used here. */
interface TemporalLike {
  readonly Instant: {
    fromEpochNanoseconds(nanoseconds: bigint): InstantLike & { toZonedDateTimeISO(zone: string): unknown };
  };
}

/**
 * Is Go's time.Time: an instant to the nanosecond, and the offset of the zone in which it is shown. It never changes.
 * @see {@link https://pkg.go.dev/time#Time | Go time.Time}
 */
export class GoTime {
  /** Whole seconds since 1970, before which they are negative. */
  readonly unixSeconds: number;
  /** Nanoseconds within the second, from 0 to 999,999,999. */
  readonly nanoseconds: number;
  /** How many seconds the zone is east of Greenwich; `null` for UTC itself, which Go tells from a zone at 0. */
  readonly offsetSeconds: number | null;

  /** @throws {RangeError} for what Go's time.Time has no room for */
  constructor(unixSeconds: number, nanoseconds = 0, offsetSeconds: number | null = null) {
    if (!Number.isSafeInteger(unixSeconds)) throw new RangeError(`unixSeconds is ${unixSeconds}, not a safe integer`);
    if (!Number.isInteger(nanoseconds) || nanoseconds < 0 || nanoseconds > 999_999_999) {
      throw new RangeError(`nanoseconds is ${nanoseconds}, not from 0 to 999999999`);
    }
    if (offsetSeconds !== null && !isOffset(offsetSeconds)) {
      throw new RangeError(`offsetSeconds is ${offsetSeconds}, which Go cannot encode`);
    }
    this.unixSeconds = unixSeconds;
    this.nanoseconds = nanoseconds;
    this.offsetSeconds = offsetSeconds;
  }

  /** Gives Go's zero time: the first of January of year 1, in UTC. */
  static zero(): GoTime {
    return new GoTime(yearOne);
  }

  /** Takes a `Date`, in UTC. */
  static fromDate(date: Date): GoTime {
    const ms = date.getTime();
    if (Number.isNaN(ms)) throw new RangeError("Date is invalid");
    const seconds = Math.floor(ms / 1000);
    return new GoTime(seconds, (ms - seconds * 1000) * 1e6);
  }

  /** Takes a `Temporal.Instant`, or a `Temporal.ZonedDateTime` with its offset. */
  static fromTemporal(time: InstantLike & { readonly offsetNanoseconds?: number }): GoTime {
    const { epochNanoseconds: total, offsetNanoseconds } = time;
    const nanos = ((total % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    const offset = offsetNanoseconds === undefined ? null : Math.trunc(offsetNanoseconds / 1e9);
    return new GoTime(Number((total - nanos) / 1_000_000_000n), Number(nanos), offset);
  }

  /** Tells whether this is Go's zero time, which a struct leaves out. */
  isZero(): boolean {
    return this.unixSeconds === yearOne && this.nanoseconds === 0;
  }

  /** Tells whether both are the same instant, whatever the zones. Go: Time.Equal. */
  equal(other: GoTime): boolean {
    return this.unixSeconds === other.unixSeconds && this.nanoseconds === other.nanoseconds;
  }

  /** Nanoseconds since 1970. */
  get unixNanoseconds(): bigint {
    return BigInt(this.unixSeconds) * 1_000_000_000n + BigInt(this.nanoseconds);
  }

  /** Gives the millisecond that it is in, without its zone. Far from 1970 a `Date` is invalid. */
  toDate(): Date {
    return new Date(this.unixSeconds * 1000 + Math.floor(this.nanoseconds / 1e6));
  }

  /**
   * Gives a `Temporal.ZonedDateTime`, with nanoseconds and the whole minutes of the offset, where the platform has Temporal; name its type.
   * @throws {TypeError} where the platform has none
   */
  toTemporal<T = unknown>(): T {
    const { Temporal } = globalThis as { Temporal?: TemporalLike };
    if (Temporal === undefined) throw new TypeError("Temporal is not there: this platform has none");
    const zone = this.offsetSeconds === null ? "UTC" : offsetText(Math.trunc(this.offsetSeconds / 60) * 60);
    return Temporal.Instant.fromEpochNanoseconds(this.unixNanoseconds).toZonedDateTimeISO(zone) as T;
  }

  /** Spells it as RFC 3339 does, with as many digits of the second as there are. Go: time.RFC3339Nano. */
  toString(): string {
    const shown = new Date((this.unixSeconds + (this.offsetSeconds ?? 0)) * 1000);
    if (Number.isNaN(shown.getTime())) return `${this.unixSeconds}s since 1970`;
    const fraction = this.nanoseconds === 0 ? "" : `.${String(this.nanoseconds).padStart(9, "0").replace(/0+$/, "")}`;
    const zone = this.offsetSeconds === null ? "Z" : offsetText(this.offsetSeconds);
    return shown.toISOString().replace(/\.000Z$/, `${fraction}${zone}`);
  }

  /** Gives what Go's own JSON has: its text. */
  toJSON(): string {
    return this.toString();
  }
}

/** Go keeps the offset in minutes, of which -1 stands for UTC, and seconds beside them. */
function isOffset(seconds: number): boolean {
  const minutes = Math.trunc(seconds / 60);
  return Number.isInteger(seconds) && minutes >= -32_768 && minutes <= 32_767 && minutes !== -1;
}

function offsetText(seconds: number): string {
  if (seconds === 0) return "Z";
  const total = Math.abs(seconds);
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, ...(total % 60 === 0 ? [] : [total % 60])];
  return (seconds < 0 ? "-" : "+") + parts.map((part) => String(part).padStart(2, "0")).join(":");
}
