// Compares conns, calls and requests: `npm start`, or `npm start -- --help`.
import { runLab } from "./lab.js";

process.exitCode = await runLab(process.argv.slice(2), "npm start --");
