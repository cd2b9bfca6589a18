const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Writes a number with three digits that count, or whole and grouped. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return grouped.format(value);
  return trimmed(value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3));
}

/** Writes a number for a column: as many digits as its neighbours have. */
export function cellNumber(value: number): string {
  if (value === 0 || value >= 100) return grouped.format(value);
  return value.toFixed(value >= 10 ? 1 : 2);
}

function trimmed(digits: string): string {
  return digits.replace(/\.0*$|(\.\d*?)0+$/, "$1");
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let rest = value;
  let index = 0;
  while (Math.abs(rest) >= base * 0.9995 && index < units.length - 1) {
    rest /= base;
    index++;
  }
  return `${number(rest)} ${units[index] ?? ""}`.trim();
}

/** Writes a time: `17.6 µs`, `1.2 ms`. */
export function micros(value: number): string {
  return scaled(value, 1000, ["µs", "ms", "s"]);
}

/** Writes bytes: `64 B`, `1 KiB`. */
export function bytes(value: number): string {
  return scaled(value, 1024, ["B", "KiB", "MiB", "GiB"]);
}

/** Writes a count short: `994k`, `1.2M`. */
export function count(value: number): string {
  return scaled(value, 1000, ["", "k", "M", "G"]).replace(" ", "");
}

/** Writes how many times something is: `1.24×`. */
export function times(value: number): string {
  return `${value >= 100 ? number(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2)}×`;
}

/** Writes a share of a distribution: `99.9 %`, of x = 1 / (1 - p). */
export function percentile(x: number): string {
  const digits = Math.max(0, Math.ceil(Math.log10(x) - 2 + 1e-9));
  return `${trimmed((100 * (1 - 1 / x)).toFixed(x <= 1 ? 0 : digits + 1))} %`;
}

/** Writes how long a run took. */
export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
