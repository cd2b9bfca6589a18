import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty folder that is removed when it is disposed of, or at the latest when the process exits. */
export function makeFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "compare-"));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    path,
    [Symbol.dispose]() {
      process.off("exit", remove);
      remove();
    },
  };
}
