// Runs everything that must hold before a change goes in, and prints what each step took. `npm run check`
//   --skip test,docs   leaves steps out
//   --only lint,types  runs these alone
//   --results FOLDER   lets the tests write their results there, as JSON
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const steps = {
  lint: "lint",
  types: "types",
  imports: "lint:imports",
  dead: "lint:dead",
  build: "build",
  pack: "lint:pack",
  test: "test",
  conformance: "test:conformance",
  interop: "test:interop",
  e2e: "test:e2e",
  examples: "test:docs",
  package: "test:package",
  docs: "docs",
};
const tests = new Set(["test", "conformance", "interop", "e2e", "examples", "package"]);

/** Reads the command line. */
function options() {
  const list = { type: "string", multiple: true, default: [] };
  const { values } = parseArgs({ options: { skip: list, only: list, results: { type: "string" } } });
  const [skip, only] = [values.skip, values.only].map((given) => given.flatMap((text) => text.split(",")));
  const unknown = [...skip, ...only].filter((name) => !Object.hasOwn(steps, name));
  if (unknown.length > 0) throw new Error(`no step ${unknown.join(", ")}; there are ${Object.keys(steps).join(", ")}`);
  const names = Object.keys(steps).filter((name) => (only.length === 0 || only.includes(name)) && !skip.includes(name));
  return { names, results: values.results };
}

/** Runs one script of package.json; its output is shown as it comes. */
function run(name, results) {
  const report = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}/${name}.json`];
  const more = results !== undefined && tests.has(name) ? ["--", ...report] : [];
  const env = built ? { ...process.env, TOOLKIT_BUILT: "1" } : process.env; // the package's tests build otherwise
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", steps[name], ...more], { stdio: "inherit", cwd: root, env });
    child.on("error", (err) => resolve({ name, outcome: err.message, seconds: 0 }));
    child.on("close", (code, signal) => {
      const outcome = code === 0 ? "ok" : `failed (${signal ?? code})`;
      resolve({ name, outcome, seconds: (performance.now() - began) / 1000 });
    });
  });
}

function table(rows) {
  const line = ({ name, seconds, outcome }) => `${name.padEnd(12)}${seconds.toFixed(1).padStart(7)} s  ${outcome}`;
  const total = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  return [...rows.map(line), `${"all".padEnd(12)}${total.toFixed(1).padStart(7)} s`].join("\n");
}

const root = fileURLToPath(new URL("../", import.meta.url));
const { names, results } = options();
const rows = [];
let built = false;
for (const name of names) {
  console.log(`\n=== ${name}: npm run ${steps[name]}`);
  const row = await run(name, results);
  rows.push(row);
  if (name === "build") built = row.outcome === "ok";
}
console.log(`\n${table(rows)}`);
process.exitCode = rows.every(({ outcome }) => outcome === "ok") ? 0 : 1;
