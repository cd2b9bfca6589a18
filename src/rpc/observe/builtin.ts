/** What of Node's `process` is used here, where there is one. */
interface Process {
  getBuiltinModule?(name: string): unknown;
  cwd(): string;
}

/** Returns Node's `process`, or `undefined` where this is another platform, as a browser. */
export function nodeProcess(): Process | undefined {
  return (globalThis as { process?: Process }).process;
}

/** Returns a module of Node's without importing it, or `undefined` where there is none. */
export function builtin<T>(name: string): T | undefined {
  return nodeProcess()?.getBuiltinModule?.(name) as T | undefined;
}
