import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Debian's own comes first: what it has of modules is packaged, whatever else may be on PATH. */
const candidates = ["/usr/bin/python3", "python3", "python"];

/**
 * Returns a Python that can import all these modules, or `undefined` if there is none: the test then skips, and says why.
 *
 * Where `CI` is set nothing may be skipped.
 * @throws {Error} when there is none there
 */
export function requirePython(...modules: string[]): string | undefined {
  const canImport = (python: string) =>
    spawnSync(python, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" }).status === 0;
  const python = candidates.find(canImport);
  if (python === undefined && process.env["CI"])
    throw new Error(`no Python has ${modules.join(" and ")}, and CI needs it`);
  return python;
}

/** The command that runs a program of `interop/python`; it leaves no byte code behind. */
export function pythonProgram(python: string | undefined, file: string): string[] {
  return [python ?? "", "-B", fileURLToPath(new URL(`../../interop/python/${file}`, import.meta.url))];
}
