const $ = (id) => document.getElementById(id);

// --- REST: who answers, and whom it sees.
async function ask() {
  const { server, client, url } = await (await fetch("/who", { cache: "no-store" })).json();
  const chip = add("answers", server, 18);
  chip.dataset.server = server;
  $("client").textContent = client;
  $("url").textContent = url;
}
async function askOften(times) {
  for (let i = 0; i < times; i++) await ask().catch(() => {}); // what fails has no chip
}
$("ask").addEventListener("click", () => void askOften(6));
void askOften(1);

// --- WebSocket: a room.
let socket = null;
let pauseMs = 500;

function enter() {
  const room = $("room").value;
  const mine = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws?room=${encodeURIComponent(room)}`);
  socket?.close(1000);
  socket = mine;
  mine.addEventListener("open", () => {
    pauseMs = 500;
    show("ws", "open", "connected");
  });
  mine.addEventListener("message", ({ data }) => {
    const { server, text } = JSON.parse(data);
    const item = add("messages", "", 100);
    const by = document.createElement("b");
    by.textContent = server;
    item.append(by, text); // never innerHTML: a stranger wrote it
    item.parentElement.scrollTop = item.parentElement.scrollHeight;
  });
  mine.addEventListener("close", () => {
    if (mine !== socket) return;
    show("ws", "lost", "connecting again");
    setTimeout(() => mine === socket && enter(), pauseMs);
    pauseMs = Math.min(pauseMs * 2, 10_000);
  });
}
$("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  $("messages").replaceChildren();
  enter();
});
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return; // the text stays, to be sent later
  socket.send($("text").value);
  $("text").value = "";
});
enter();

// --- Events.
const events = new EventSource("/events");
events.addEventListener("open", () => show("sse", "open", "connected"));
events.addEventListener("error", () => show("sse", "lost", "connecting again"));
events.addEventListener("message", ({ data, lastEventId }) => {
  add("ticks", `${lastEventId}: ${data}`, 9);
});

function show(what, state, text) {
  $(`${what}-state`).dataset.state = state;
  $(`${what}-state`).textContent = text;
}

/** Adds an item to a list, and keeps the last ones. */
function add(list, text, kept) {
  const item = document.createElement("li");
  item.textContent = text;
  $(list).append(item);
  if ($(list).childElementCount > kept) $(list).firstElementChild.remove();
  return item;
}
