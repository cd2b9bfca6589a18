// The page's side of the chat, on the browser's own WebSocket. What it sends and gets is in protocol.ts.
const $ = (id) => document.getElementById(id);
const url = location.href.replace(/^http/, "ws");

let socket = null;
let me = null; // { room, name }, once the server has let us in
let pauseMs = 500; // before we connect again
let lastName = ""; // of whom the message above is

$("name").value = sessionStorage.getItem("name") ?? "";
$("join").addEventListener("submit", (event) => {
  event.preventDefault();
  connect({ room: $("room").value, name: $("name").value });
});
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket?.readyState !== WebSocket.OPEN) return; // the text stays, to be sent later
  socket.send(JSON.stringify({ type: "say", text: $("text").value }));
  $("text").value = "";
});
$("leave").addEventListener("click", () => {
  me = null;
  hangUp();
  show("join");
});

function connect(guest) {
  setState("wait", "connecting");
  const mine = new WebSocket(url);
  socket = mine;
  mine.addEventListener("open", () => mine.send(JSON.stringify({ type: "join", ...guest })));
  mine.addEventListener("message", ({ data }) => {
    if (mine === socket) take(JSON.parse(data));
  });
  mine.addEventListener("close", ({ reason }) => {
    if (mine !== socket) return;
    if (me === null) return fail(reason || "The server cannot be reached.");
    setState("lost", "connecting again");
    setTimeout(() => me !== null && mine === socket && connect(me), pauseMs);
    pauseMs = Math.min(pauseMs * 2, 10_000);
  });
}

function take(message) {
  switch (message.type) {
    case "welcome":
      return enter(message);
    case "refused":
      if (me === null) return fail(message.why);
      return socket.close(); // our old connection is not gone yet: try again later
    case "said":
      return add(message);
    case "joined":
    case "left":
      setNames(message.names);
      return note(`${message.name} ${message.type === "joined" ? "came in" : "left"}`);
  }
}

function enter({ room, name, names, history }) {
  me = { room, name };
  pauseMs = 500;
  sessionStorage.setItem("name", name);
  $("where").textContent = room;
  $("messages").replaceChildren();
  lastName = "";
  setNames(names);
  setState("open", "connected");
  show("chat");
  for (const said of history) add(said);
  if (history.length === 0) note("Nobody has said anything yet.");
  $("text").focus();
}

function add({ name, text, at }) {
  const item = document.createElement("li");
  const isFirst = name !== lastName;
  item.className = `said${isFirst ? " first" : ""}${name === me.name ? " mine" : ""}`;
  item.dataset.letter = [...name][0].toUpperCase();
  item.style.setProperty("--hue", String(hueOf(name)));
  const by = document.createElement("div");
  const who = document.createElement("b");
  const words = document.createElement("p");
  by.className = "by";
  who.textContent = name;
  by.append(who, new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  words.textContent = text; // never innerHTML: a stranger wrote it
  item.append(by, words);
  append(item);
  lastName = name;
}

function note(text) {
  const item = document.createElement("li");
  item.className = "note";
  item.textContent = text;
  append(item);
  lastName = "";
}

/** Adds a line; who has scrolled up stays there. */
function append(item) {
  const list = $("messages");
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(item);
  if (list.childElementCount > 500) list.firstElementChild.remove();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function setNames(names) {
  const others = names.filter((name) => name !== me.name);
  $("who").textContent = others.length === 0 ? "You are alone here" : `You, ${others.join(", ")}`;
}

function setState(state, text) {
  $("state").dataset.state = state;
  $("state").textContent = text;
}

function fail(why) {
  $("why").textContent = why;
  hangUp();
  show("join");
}

/** Ends the connection for good: its end is no news. */
function hangUp() {
  const last = socket;
  socket = null;
  last.close(1000);
}

function show(id) {
  $("join").hidden = id !== "join";
  $("chat").hidden = id !== "chat";
  if (id === "chat") $("why").textContent = "";
}

/** The same colour for the same name, on every screen. */
function hueOf(name) {
  return [...name].reduce((hash, char) => (hash * 31 + char.codePointAt(0)) % 360, 7);
}
