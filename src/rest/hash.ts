const [offset1, offset2] = [0x811c9dc5, 0x1000193];
const [prime1, prime2] = [0x01000193, 0x85ebca6b];

/**
 * Gives an entity tag for content: 64 bits of a hash that costs less than the content did. It tells versions apart; it is no
 * proof of anything.
 */
export function hash(content: string | Uint8Array): string {
  let [one, two] = [offset1, offset2];
  const { length } = content;
  if (typeof content === "string") {
    for (let i = 0; i < length; i++) {
      const code = content.charCodeAt(i);
      one = Math.imul(one ^ code, prime1);
      two = Math.imul((two << 5) ^ (two >>> 27) ^ code, prime2);
    }
  } else {
    for (const byte of content) {
      one = Math.imul(one ^ byte, prime1);
      two = Math.imul((two << 5) ^ (two >>> 27) ^ byte, prime2);
    }
  }
  return `"${mix(one ^ length)}-${mix(two ^ one)}"`; // decimals are what costs least to write
}

/** Spreads each bit over all of them. */
function mix(value: number): number {
  let x = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return (x ^ (x >>> 15)) >>> 0;
}
