import { createRequire } from "node:module";
import { join } from "node:path";

/** Loads a package from where the peers are installed. */
export function load<T>(name: string): T {
  const folder = process.env["TOOLKIT_PEERS"] ?? "bench/peers";
  return createRequire(join(folder, "package.json"))(name) as T;
}
