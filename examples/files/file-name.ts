import { Refused } from "./refused.js";

const maxBytes = 200; // file systems take 255

/**
 * Checks the name of a file, and gives it as it is stored: with a letter or a digit in front, no slashes, no control
 * characters, nothing that a shell or another system takes for something else.
 * @throws {Refused} when it is no such name
 */
export function checkName(name: string): string {
  const plain = name.normalize("NFC"); // macOS takes letters and accents apart
  const isGood = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._()+,@=-]*$/u.test(plain) && !/[ .]$/.test(plain);
  if (isGood && Buffer.byteLength(plain) <= maxBytes) return plain;
  throw new Refused(`${JSON.stringify(name.slice(0, 50))} cannot be the name of a file here`);
}
