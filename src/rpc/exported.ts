/** Tells whether a name begins with an upper-case letter: what Go calls exported. */
export function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}
