// Adds up what the test runs wrote into a folder, as JSON, and prints "N passed, N failed". `node test-totals.mjs FOLDER`
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A file that fails without a failed test (it does not load, or leaves something open) counts as one. */
function failedFiles({ testResults }) {
  const isWhole = ({ status, assertionResults }) =>
    status === "failed" && assertionResults.every((each) => each.status !== "failed");
  return testResults.filter(isWhole).length;
}

const [folder = "."] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const reports = files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
const failed = reports.reduce((sum, report) => sum + report.numFailedTests + failedFiles(report), 0);
const nothing = passed + failed === 0; // nothing ran: that is a failure too
console.log(`${passed} passed, ${nothing ? 1 : failed} failed`);
process.exitCode = nothing || failed > 0 ? 1 : 0;
