// The page: files to drop, how they get on, and what is there.
import { Upload } from "./upload.mjs";

const $ = (id) => document.getElementById(id);
const atOnce = 3;
const uploads = [];

$("pick").addEventListener("change", ({ target }) => {
  add(target.files);
  target.value = ""; // so that the same file can be picked again
});
for (const name of ["dragenter", "dragover"]) {
  $("drop").addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) $("drop").addEventListener(name, () => $("drop").classList.remove("over"));
$("drop").addEventListener("drop", (event) => {
  event.preventDefault();
  add(event.dataTransfer.files);
});
await showFiles();

function add(files) {
  for (const file of files) {
    const item = $("upload").content.firstElementChild.cloneNode(true);
    item.querySelector(".name").textContent = file.name;
    const upload = new Upload(file, () => show(item, upload));
    item.querySelector("button").addEventListener("click", () => press(upload));
    uploads.push(upload);
    $("uploads").append(item);
    show(item, upload);
  }
  $("uploading").hidden = uploads.length === 0;
  startNext();
}

function press(upload) {
  if (["checking", "sending", "lost"].includes(upload.state)) upload.pause();
  else upload.start();
  startNext();
}

/** Files go up a few at a time; who is paused makes room. */
function startNext() {
  const busy = uploads.filter(({ state }) => ["checking", "sending", "lost"].includes(state)).length;
  const waiting = uploads.filter(({ state }) => state === "waiting");
  for (const upload of waiting.slice(0, Math.max(atOnce - busy, 0))) upload.start();
}

const words = { waiting: "waiting", checking: "checking", paused: "paused", lost: "connecting again", done: "stored" };
const buttons = { waiting: "Start", paused: "Resume", failed: "Try again" };

function show(item, upload) {
  const { state, why, stored, size } = upload;
  const isNew = item.dataset.state !== state;
  item.dataset.state = state;
  item.querySelector(".state").dataset.state = { done: "open", failed: "lost", lost: "lost" }[state] ?? "wait";
  item.querySelector(".state").textContent =
    state === "failed" ? why : (words[state] ?? `${formatBytes(stored)} of ${formatBytes(size)}`);
  const bar = item.querySelector("progress");
  bar.value = state === "done" ? 1 : stored / Math.max(size, 1);
  bar.setAttribute("aria-label", item.querySelector(".name").textContent);
  const button = item.querySelector("button");
  button.textContent = buttons[state] ?? "Pause";
  button.hidden = state === "done";
  if (isNew && state === "done") void showFiles();
  if (isNew && (state === "done" || state === "failed")) queueMicrotask(startNext);
}

async function showFiles() {
  const files = await (await fetch("/files", { headers: { Accept: "application/json" } })).json();
  $("files").replaceChildren(...files.map(fileItem));
  $("files").hidden = files.length === 0;
  $("none").hidden = files.length > 0;
}

function fileItem({ name, size }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const bytes = document.createElement("span");
  item.className = "line";
  link.className = "name";
  link.href = `/files/${encodeURIComponent(name)}`;
  link.download = name;
  link.textContent = name; // never innerHTML: a stranger named it
  bytes.className = "size small";
  bytes.textContent = formatBytes(size);
  item.append(link, bytes);
  return item;
}

function formatBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
