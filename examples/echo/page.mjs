// The page's side of the echo, on the browser's own WebSocket.
const $ = (id) => document.getElementById(id);
const url = location.href.replace(/^http/, "ws").replace(/#.*/, "");
const keptLines = 200;

let socket = null;
let pauseMs = 500; // before it connects again
let again = 0; // the timer of that
const sentAt = []; // when each message left that is not back yet: they come in order

$("where").textContent = url;
$("send").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket?.readyState !== WebSocket.OPEN) return; // the text stays, to be sent later
  const text = $("text").value;
  socket.send(text);
  sentAt.push(performance.now());
  add("sent", "→", text);
  $("text").value = "";
});
$("switch").addEventListener("click", () => (socket === null ? connect() : hangUp()));
connect();

function connect() {
  clearTimeout(again);
  show("wait", "connecting", "Close");
  const mine = new WebSocket(url);
  socket = mine;
  mine.addEventListener("open", () => {
    pauseMs = 500;
    show("open", "ready", "Close");
  });
  mine.addEventListener("message", ({ data }) => {
    const ms = performance.now() - sentAt.shift();
    add("back", "←", data, `${ms.toFixed(1)} ms`);
  });
  mine.addEventListener("close", ({ code }) => {
    if (mine !== socket) return;
    const lost = sentAt.splice(0).length;
    add("note", "", `Closed with ${code}${lost === 0 ? "" : `, ${lost} not back`}. Connecting again.`);
    show("lost", "connecting again", "Close");
    again = setTimeout(connect, pauseMs);
    pauseMs = Math.min(pauseMs * 2, 10_000);
  });
}

/** Closes for good, until the button is pressed again. */
function hangUp() {
  clearTimeout(again);
  const last = socket;
  socket = null;
  sentAt.length = 0;
  last.close(1000);
  show("wait", "closed", "Connect");
}

function show(state, words, action) {
  $("state").dataset.state = state;
  $("state").textContent = words;
  $("switch").textContent = action;
}

/** Adds a line; who has scrolled up stays there. */
function add(kind, arrow, words, time = "") {
  const line = document.createElement("li");
  line.className = kind;
  const parts = { arrow: ["span", arrow], words: ["span", words], time: ["time", time] };
  for (const [name, [tag, text]] of Object.entries(parts)) {
    if (text === "") continue;
    const part = document.createElement(tag);
    part.className = name;
    part.textContent = text;
    line.append(part);
  }
  const log = $("log");
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(line);
  if (log.childElementCount > keptLines) log.firstElementChild.remove();
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}
