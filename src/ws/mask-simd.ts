/** Copies `n` bytes, and masks the copy; the two ranges may be the same. */
export type MaskInto = (bytes: Uint8Array, from: number, n: number, key: number, into: Uint8Array, at: number) => void;

// Of the WebAssembly specification's binary format.
const i32 = 0x7f;
const v128 = 0x7b;
const simd = 0xfd;
const end = 0x0b;
const localGet = 0x20;
const localSet = 0x21;
const localTee = 0x22;

/** The one function: `mask(from, to, key)` goes over the memory in steps of 16 bytes, once at least. */
const code: readonly number[] = [
  [1, 1, v128], // beside the parameters, one local: the key, four times
  [localGet, 2, simd, 17, localSet, 3], // i32x4.splat
  [0x03, 0x40], // loop
  [localGet, 0, localGet, 0, simd, 0, 0, 0], // v128.load
  [localGet, 3, simd, 81], // v128.xor
  [simd, 11, 0, 0], // v128.store
  [localGet, 0, 0x41, 16, 0x6a, localTee, 0], // from += 16
  [localGet, 1, 0x49, 0x0d, 0], // again, if from < to
  [end, end],
].flat();

const program = new Uint8Array(
  [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    [1, 7, 1, 0x60, 3, i32, i32, i32, 0], // types: (i32, i32, i32) => ()
    [3, 2, 1, 0], // functions: one, of that type
    [5, 3, 1, 0, 1], // memory: one page
    [7, 9, 2, 1, 0x6d, 2, 0, 1, 0x78, 0, 0], // exports: memory "m", function "x"
    [10, code.length + 2, 1, code.length, ...code],
  ].flat(),
);

/** How much is masked at a time: a multiple of 4, so that the key stays in step; half of the memory. */
const stepBytes = 32_768;

const compiled: { mask?: MaskInto | null } = {};

/**
 * Returns what masks with SIMD instructions; `null` where the machine has none, or no WebAssembly is allowed. It is compiled
 * when it is first asked for: a page that forbids it, and masks nothing, hears nothing of it.
 */
export function simdMask(): MaskInto | null {
  if (compiled.mask === undefined) compiled.mask = compile();
  return compiled.mask;
}

function compile(): MaskInto | null {
  try {
    const { m, x } = new WebAssembly.Instance(new WebAssembly.Module(program)).exports;
    return overMemory(
      new Uint8Array((m as WebAssembly.Memory).buffer),
      x as (from: number, to: number, key: number) => void,
    );
  } catch {
    return null;
  }
}

function overMemory(memory: Uint8Array, mask: (from: number, to: number, key: number) => void): MaskInto {
  const step = memory.subarray(0, stepBytes);
  return (bytes, from, n, key, into, at) => {
    for (let done = 0; done < n; done += stepBytes) {
      const m = Math.min(stepBytes, n - done);
      memory.set(bytes.subarray(from + done, from + done + m), 0);
      mask(0, m, key);
      into.set(m === stepBytes ? step : memory.subarray(0, m), at + done);
    }
  };
}
