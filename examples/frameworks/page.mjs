const $ = (id) => document.getElementById(id);
let socket = null;

$("in").addEventListener("click", () => void session("POST", "Signed in: the cookie comes with the upgrade."));
$("out").addEventListener("click", () => void session("DELETE", "Signed out. A connection that is open stays."));
$("connect").addEventListener("click", connect);
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  socket.send($("text").value);
  add($("text").value, "mine");
  $("text").value = "";
});

async function session(method, done) {
  const answer = await fetch("/session", { method }).catch(() => null);
  add(answer?.ok ? done : "The server cannot be reached.", "note");
}

function connect() {
  socket?.close(1000);
  const mine = new WebSocket(location.href.replace(/^http/, "ws").replace(/\/?$/, "/ws"));
  socket = mine;
  let isOpen = false;
  show("wait", "connecting");
  mine.addEventListener("open", () => {
    isOpen = true;
    show("open", "connected");
    $("text").focus();
  });
  mine.addEventListener("message", ({ data }) => add(data));
  mine.addEventListener("close", ({ code, reason }) => {
    if (mine !== socket) return;
    show("lost", "not connected");
    // A page is not told why it was refused: the status is for the browser's console alone.
    add(isOpen ? `Closed with ${code} ${reason}` : "Refused. Have you signed in?", "note");
  });
}

function show(state, text) {
  $("state").dataset.state = state;
  $("state").textContent = text;
  for (const element of $("say").elements) element.disabled = state !== "open";
}

function add(text, kind = "") {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text; // never innerHTML
  $("messages").append(item);
  if ($("messages").childElementCount > 200) $("messages").firstElementChild.remove();
  item.scrollIntoView({ block: "nearest" });
}
