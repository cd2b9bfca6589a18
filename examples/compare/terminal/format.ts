/** What a column that has no figure shows. */
export const none = "–";

/** Formats a figure with three digits: what comes after them is noise. */
export function figure(n: number): string {
  if (n === 0) return "0";
  return n.toLocaleString("en-US", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
}

/** Formats a count that is exact, or nearly so. */
export function count(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: n < 100 ? 1 : 0 });
}

/** Formats how many times as much something is, as in `×1.3`. */
export function times(n: number): string {
  return `×${n < 10 ? n.toPrecision(2) : count(Math.round(n))}`;
}

/** Formats a size of messages, as in `64 B` or `1 KiB`. */
export function size(bytes: number): string {
  const [factor, unit] = sizeUnits.find(([least]) => bytes >= least) ?? [1, "B"];
  return `${(bytes / factor).toLocaleString("en-US", { maximumFractionDigits: 1 })} ${unit}`;
}

/** Formats a time in a sentence, as in `34 s` or `3 min`. */
export function duration(seconds: number): string {
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Formats a change of a figure, such as 0.12, as in `+12 %`. */
export function change(part: number): string {
  const percent = Math.abs(part * 100);
  return `${part < 0 ? "−" : "+"}${percent < 10 ? percent.toFixed(1) : count(Math.round(percent))} %`;
}

const sizeUnits = [
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
] as const;
