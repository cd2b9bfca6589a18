// The same prices three ways, with nothing but what browsers have: WebSocket, EventSource and fetch.
const $ = (id) => document.getElementById(id);
const spanMs = 60_000; // how much of the past a line shows
const leastSpanMs = 10_000; // the first seconds are no flat line at the edge
const keptAges = 60;

/** One of the three: its card, and what has been counted. */
class Way {
  #figures = { Updates: 0, Requests: 0, "Answers without news": 0, Bytes: 0, "Age, median": 0 };
  #ages = [];
  #rows = new Map();
  #card;

  constructor(title, how) {
    this.#card = $("way").content.cloneNode(true).firstElementChild;
    this.#card.querySelector("h2").textContent = title;
    this.#card.querySelector(".how").textContent = how;
    this.#card.dataset.way = title;
    $("ways").append(this.#card);
  }

  /** Tells how the connection is: wait, open or lost. */
  state(state, text) {
    const element = this.#card.querySelector(".state");
    element.dataset.state = state;
    element.textContent = text;
  }

  requested() {
    this.#figures.Requests++;
    this.#showFigures();
  }

  nothingNew() {
    this.#figures["Answers without news"]++;
    this.#showFigures();
  }

  /** Takes a tick as it came: the text counts as bytes. */
  take(json, isFirst) {
    const { at, prices } = JSON.parse(json);
    this.#figures.Updates++;
    this.#figures.Bytes += new Blob([json]).size;
    if (!isFirst) this.#ages = [...this.#ages, Math.max(0, Date.now() - at)].slice(-keptAges);
    for (const symbol of this.#rows.keys()) if (!(symbol in prices)) this.#remove(symbol);
    for (const [symbol, price] of Object.entries(prices)) this.#showPrice(symbol, { at, price });
    this.#showFigures();
  }

  #remove(symbol) {
    this.#rows.get(symbol).element.remove();
    this.#rows.delete(symbol);
  }

  #showPrice(symbol, point) {
    const { at, price } = point;
    const row = this.#rows.get(symbol) ?? this.#addRow(symbol);
    row.points = [...row.points.filter((old) => old.at > at - spanMs), point];
    const change = (price / row.points[0].price - 1) * 100;
    const [, line, now, since] = row.element.cells;
    line.querySelector("polyline").setAttribute("points", pointsOf(row.points));
    now.textContent = price.toFixed(2);
    since.textContent = `${change < 0 ? "▼" : "▲"} ${Math.abs(change).toFixed(2)}%`;
    since.className = `change ${change < 0 ? "down" : "up"}`;
  }

  #addRow(symbol) {
    const element = this.#card.querySelector("tbody").insertRow();
    for (const name of ["symbol", "line", "price", "change"]) element.insertCell().className = name;
    element.cells[0].textContent = symbol;
    element.cells[1].innerHTML = `<svg viewBox="0 0 100 30" preserveAspectRatio="none"><polyline/></svg>`;
    const row = { element, points: [] };
    this.#rows.set(symbol, row);
    return row;
  }

  #showFigures() {
    const ages = this.#ages.toSorted((a, b) => a - b);
    const age = ages.length === 0 ? "–" : `${ages[ages.length >> 1]} ms`;
    const items = Object.entries({ ...this.#figures, "Age, median": age }).map(([name, value]) => {
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      dt.textContent = name;
      dd.textContent = value.toLocaleString("en");
      return [dt, dd];
    });
    this.#card.querySelector("dl").replaceChildren(...items.flat());
  }
}

/** The prices of the last minute from left to right, now at the right edge; of less where there is less. */
function pointsOf(points) {
  const prices = points.map(({ price }) => price);
  const [low, high, now] = [Math.min(...prices), Math.max(...prices), points.at(-1).at];
  const span = Math.max(now - points[0].at, leastSpanMs);
  const x = (at) => 100 - ((now - at) / span) * 100;
  const y = (price) => (high === low ? 15 : 28 - ((price - low) / (high - low)) * 26);
  return points.map(({ at, price }) => `${x(at).toFixed(1)},${y(price).toFixed(1)}`).join(" ");
}

// --- WebSocket: one connection; what to watch goes up the same way, while ticks come down.
const overWebSocket = new Way("WebSocket", "One connection, both directions. A new choice is one small message.");
let socket;

function openSocket() {
  let isFirst = true;
  socket = new WebSocket(location.href.replace(/^http/, "ws"));
  overWebSocket.requested();
  socket.addEventListener("open", () => {
    overWebSocket.state("open", "connected");
    if (watched() !== symbols.join(",")) watchOverWebSocket();
  });
  socket.addEventListener("message", ({ data }) => {
    overWebSocket.take(data, isFirst);
    isFirst = false;
  });
  socket.addEventListener("close", () => {
    overWebSocket.state("lost", "connecting again");
    setTimeout(openSocket, 1000); // a WebSocket does not do that by itself
  });
}

function watchOverWebSocket() {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ watch: watched() }));
}

// --- Server-Sent Events: one answer that does not end; a new choice is a new request.
const asEvents = new Way(
  "Server-Sent Events",
  "One answer that never ends. Connects again by itself; a new choice is a new request.",
);
let source;

function openEvents() {
  let isFirst = true;
  source?.close();
  source = new EventSource(`/events?symbols=${watched()}`);
  asEvents.requested();
  source.addEventListener("open", () => asEvents.state("open", "connected"));
  source.addEventListener("error", () => asEvents.state("lost", "connecting again"));
  source.addEventListener("message", ({ data }) => {
    asEvents.take(data, isFirst);
    isFirst = false;
  });
}

// --- Polling: a request each time, whether there is something new or not.
const byPolling = new Way(
  "Polling",
  "A request each time. The ETag saves the body when nothing is new, not the request.",
);
let etag = "";
let turn = 0;
let timer;

async function ask() {
  const mine = ++turn;
  clearTimeout(timer);
  byPolling.requested();
  try {
    const headers = etag === "" ? {} : { "If-None-Match": etag };
    const response = await fetch(`/quotes?symbols=${watched()}`, { headers, cache: "no-store" });
    const text = await response.text();
    if (mine !== turn) return; // another choice was made meanwhile, and is asked for
    byPolling.state("open", "asking");
    if (response.status === 304) byPolling.nothingNew();
    else byPolling.take(text, etag === "");
    etag = response.headers.get("ETag") ?? "";
  } catch {
    if (mine !== turn) return;
    byPolling.state("lost", "asking again");
  }
  timer = setTimeout(ask, Number($("interval").value));
}

// --- What to watch.
const symbols = ["ACME", "GLOBEX", "INITECH", "HOOLI"];

function watched() {
  return [...$("symbols").querySelectorAll("[aria-pressed=true]")].map((button) => button.textContent).join(",");
}

for (const symbol of symbols) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = symbol;
  button.ariaPressed = "true";
  button.addEventListener("click", () => {
    button.ariaPressed = String(button.ariaPressed !== "true");
    watchOverWebSocket();
    openEvents();
    void ask();
  });
  $("symbols").append(button);
}
$("interval").addEventListener("change", () => void ask());

openSocket();
openEvents();
void ask();
