// Runs one benchmark by its name: `npm run bench tcp`
import { readdirSync } from "node:fs";

const here = new URL("./", import.meta.url);
const shared = ["index.ts", "harness.ts", "ws-client.ts"];
const names = readdirSync(here)
  .filter((file) => file.endsWith(".ts") && !shared.includes(file))
  .map((file) => file.replace(/\.ts$/, ""));

const [name = ""] = process.argv.slice(2);
if (names.includes(name)) await import(`./${name}.ts`);
else {
  console.error(`Usage: npm run bench NAME, with NAME one of: ${names.join(", ")}`);
  process.exitCode = 2;
}
