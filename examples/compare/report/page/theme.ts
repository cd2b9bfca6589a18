import { choice, h } from "./dom.js";

type Theme = "auto" | "light" | "dark";

const probe = h("span", { hidden: true });
const listeners = new Set<() => void>();
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const isPrinted = matchMedia("print");

/** Resolves a colour of the style sheet, as it is now: what is drawn on a canvas needs it so. */
export function color(name: string): string {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

/** Calls a function whenever the colours have changed. */
export function onThemeChange(listener: () => void): void {
  listeners.add(listener);
}

/** Makes the switch between light, dark, and what the system says. */
export function themeChoice(): HTMLElement {
  for (const media of [systemIsDark, isPrinted]) media.addEventListener("change", changed);
  return choice<Theme>("colours", { auto: "Auto", light: "Light", dark: "Dark" }, "auto", (theme) => {
    document.documentElement.dataset["theme"] = theme;
    changed();
  });
}

function changed(): void {
  for (const listener of listeners) listener();
}
