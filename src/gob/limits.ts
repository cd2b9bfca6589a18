/** Bounds what a stream may make a {@link Decoder} do. Each value is counted by itself unless it says otherwise. */
export interface DecoderLimits {
  /**
   * The most bytes in one message, and in all messages that one value takes. The decoder keeps no more than this and
   * what was pushed last.
   * @default 33_554_432
   */
  maxMessageBytes?: number | undefined;
  /** How deep values may be nested, and types. At most 2500, for what the stack has room for. @default 1000 */
  maxDepth?: number | undefined;
  /** The most elements of slices, arrays and maps, all together. @default 4_194_304 */
  maxElements?: number | undefined;
  /** The most types that a stream may define. @default 4096 */
  maxTypes?: number | undefined;
  /** The most bytes that all definitions of types of a stream may take. @default 1_048_576 */
  maxTypeBytes?: number | undefined;
  /** The most bytes in the name of an interface value's type. Go's is 1024. @default 1024 */
  maxNameBytes?: number | undefined;
  /** The most bytes of memory that a decoded value may take, by estimate. @default 268_435_456 */
  maxAllocBytes?: number | undefined;
}

/** All limits, each with a value. */
export type Limits = { readonly [K in keyof DecoderLimits]-?: number };

const defaults: Limits = {
  maxMessageBytes: 33_554_432,
  maxDepth: 1000,
  maxElements: 4_194_304,
  maxTypes: 4096,
  maxTypeBytes: 1_048_576,
  maxNameBytes: 1024,
  maxAllocBytes: 268_435_456,
};

/** What the stack of a browser has room for, with some to spare. */
const deepest = 2500;

/** Fills in the defaults. */
export function limitsOf(options: DecoderLimits): Limits {
  const names = Object.keys(defaults) as (keyof Limits)[];
  const entries = names.map((name) => {
    const value = options[name] ?? defaults[name];
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`gob: ${name} is ${value}, not a whole number`);
    return [name, value];
  });
  const limits = Object.fromEntries(entries) as Limits;
  if (limits.maxDepth > deepest) throw new RangeError(`gob: maxDepth is ${limits.maxDepth}, more than ${deepest}`);
  return limits;
}
