// The page: joins, sends what is steered, draws. It is bundled with what it shares with the server when that starts.
import { isCloseError } from "toolkit/ws";
import { Controls } from "./controls.js";
import { Drawing } from "./drawing.js";
import { startLoop } from "./loop.js";
import { Prediction } from "./prediction.js";
import { closeCodes } from "./protocol.js";
import { element, Scoreboard } from "./scoreboard.js";
import { join, type Session } from "./session.js";
import { ticksPerSecond } from "./snapshot.js";
import { Timeline } from "./timeline.js";

const url = location.href.replace(/^http/, "ws");
const controls = new Controls(element("pad"));
const drawing = new Drawing(element<HTMLCanvasElement>("arena"));
const board = new Scoreboard();
const nameField = element<HTMLInputElement>("name");

/** What is on the screen. */
let shown = { timeline: new Timeline(), prediction: new Prediction(), me: -1 };
/** Ends the attempts to play. */
let playing: AbortController | null = null;

nameField.value = sessionStorage.getItem("name") ?? "";
element("join").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("name", nameField.value);
  playing = new AbortController();
  void play(nameField.value, playing.signal);
});
element("leave").addEventListener("click", () => stop(""));
requestAnimationFrame(draw);

/** Plays until the player leaves; connects again when the connection breaks. */
async function play(name: string, signal: AbortSignal): Promise<void> {
  show("game");
  for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 8000)) {
    try {
      board.setState("wait", "connecting");
      const session = await join(url, name, signal);
      pauseMs = 250;
      await playSession(session, signal);
    } catch (err) {
      if (isFinal(err)) return stop((err as { text?: string }).text ?? "");
    }
    if (signal.aborted) return;
    board.setState("lost", "connecting again");
    await waitFor(pauseMs, signal);
  }
}

async function playSession(session: Session, signal: AbortSignal): Promise<void> {
  const { id } = session.welcome;
  const { timeline, prediction } = (shown = { timeline: new Timeline(), prediction: new Prediction(), me: id });
  const leave = () => session.leave();
  signal.addEventListener("abort", leave);
  board.setState("open", "connected");
  const send = () => {
    const { x, y } = controls.direction;
    const input = session.nextInput(x, y);
    session.send(input);
    if (timeline.latest?.phase === "play") prediction.play(input, performance.now());
  };
  const stopSending = startLoop(send, { hz: ticksPerSecond });
  try {
    await session.run({
      snapshot(snapshot) {
        timeline.push(snapshot, performance.now());
        prediction.correct(snapshot, id);
        board.show(snapshot, id);
      },
      names: (names) => board.setNames(names),
      ping: (ms) => board.setPing(ms),
    });
  } finally {
    stopSending();
    signal.removeEventListener("abort", leave);
  }
}

/** Draws the others as they were a moment ago, and ourselves as we will be. */
function draw(now: number): void {
  requestAnimationFrame(draw);
  if (element("game").hidden) return;
  const { timeline, prediction, me } = shown;
  const figures = timeline.at(performance.now()).map(({ id, x, y }) => {
    const own = id === me ? prediction.at(performance.now()) : null;
    return { id, name: board.nameOf(id), isMe: id === me, ...(own ?? { x, y }) };
  });
  drawing.draw(timeline.latest?.coins ?? [], figures, now);
}

function stop(why: string): void {
  playing?.abort();
  playing = null;
  element("why").textContent = why;
  show("join");
}

function show(id: "join" | "game"): void {
  element("join").hidden = id !== "join";
  element("game").hidden = id !== "game";
  if (id === "game") element("why").textContent = "";
  else nameField.focus();
}

/** Tells whether the server does not want us back. */
function isFinal(err: unknown): boolean {
  return isCloseError(err, closeCodes.full, closeCodes.idle, 1008);
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}
