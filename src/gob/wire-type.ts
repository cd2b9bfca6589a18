/** The ids of the types that need no definition. */
export const wireBool = 1;
export const wireInt = 2;
export const wireUint = 3;
export const wireFloat = 4;
export const wireBytes = 5;
export const wireString = 6;
export const wireComplex = 7;
export const wireInterface = 8;

/** The first id that a stream may define: Go's own streams begin at 65 up to Go 1.20, and at 64 since. */
export const leastUserId = 64;
/** The first id that we define: every Go takes it. */
export const firstUserId = 65;

/** How a type is built, as a stream defines it. Ids may be of types that are defined later. */
export type WireType =
  | { readonly kind: "array"; readonly name: string; readonly elem: number; readonly length: number }
  | { readonly kind: "slice"; readonly name: string; readonly elem: number }
  | { readonly kind: "struct"; readonly name: string; readonly fields: readonly WireField[] }
  | { readonly kind: "map"; readonly name: string; readonly key: number; readonly elem: number }
  | { readonly kind: "opaque"; readonly name: string; readonly method: Method };

/** A field of a struct, as a stream defines it. */
export interface WireField {
  readonly name: string;
  readonly id: number;
}

/** How a type makes bytes of its values, which mean something to their owner alone: Go's GobEncoder, or a marshaler. */
export type Method = "gob" | "binary" | "text";

/** The number of each kind's, or method's, field in Go's `wireType`. */
export const wireKinds = ["array", "slice", "struct", "map", "gob", "binary", "text"] as const;

/** What Go calls the types that need no definition. */
export const builtinNames: readonly (string | undefined)[] = [
  undefined,
  "bool",
  "int",
  "uint",
  "float",
  "bytes",
  "string",
  "complex",
  "interface",
];
