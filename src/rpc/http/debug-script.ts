/**
 * Keeps the debug page live: fetches it once a second while it is looked at, and changes what has changed, so that what
 * is selected, opened and focused stays so. What it cannot fetch it says.
 */
export const debugScript = `
"use strict";
const everyMs = 1000;
const live = document.getElementById("live");
let etag = null;
let timer = 0;
let skewMs = 0;

function say(state) {
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.textContent = state;
}

function alike(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}

function same(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  const [has, wants] = [[...old.childNodes], [...fresh.childNodes]];
  wants.forEach((want, i) => {
    if (has[i] === undefined) old.append(want);
    else if (alike(has[i], want)) same(has[i], want);
    else has[i].replaceWith(want);
  });
  for (const extra of has.slice(wants.length)) extra.remove();
}

function age(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  return d > 0 ? d + " d " + h + " h" : h > 0 ? h + " h " + m + " min" : m > 0 ? m + " min " + (s % 60) + " s" : s + " s";
}

function tick() {
  for (const time of document.querySelectorAll("time")) {
    const text = age(Date.now() + skewMs - Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

async function update() {
  const headers = { Accept: "text/html", ...(etag !== null && { "If-None-Match": etag }) };
  const response = await fetch(location.pathname, { headers, cache: "no-store", signal: AbortSignal.timeout(10000) });
  const at = Date.parse(response.headers.get("Date"));
  if (Math.abs(at - Date.now() - skewMs) > 2000) skewMs = at - Date.now();
  if (response.status !== 304) {
    if (!response.ok) throw new Error(response.statusText);
    etag = response.headers.get("ETag");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    same(document.querySelector("main"), page.querySelector("main"));
  }
  say("live");
}

async function loop() {
  clearTimeout(timer);
  if (document.hidden) return say("paused");
  await update().catch(() => say("lost"));
  tick();
  clearTimeout(timer);
  timer = setTimeout(loop, everyMs);
}

document.addEventListener("visibilitychange", loop);
loop();
`;
