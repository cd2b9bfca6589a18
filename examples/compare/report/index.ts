// The report of a run: a page to keep, and the same page while the run goes on.
export { renderReport, writeReport } from "./render.js";
export { type LiveReport, serveReport } from "./serve.js";
