/** Where a player steers to, as it is sent: numbers from -127 to 127. */
export interface Direction {
  readonly x: number;
  readonly y: number;
}

const keys: Readonly<Record<string, Direction>> = {
  ArrowUp: { x: 0, y: -1 },
  KeyW: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  KeyS: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  KeyA: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  KeyD: { x: 1, y: 0 },
};

/** Reads the keyboard, by where keys are and not what is written on them, and a pad to be dragged. */
export class Controls {
  readonly #pressed = new Set<string>();
  readonly #pad: HTMLElement;
  #dragged: Direction = { x: 0, y: 0 };

  constructor(pad: HTMLElement) {
    this.#pad = pad;
    addEventListener("keydown", (event) => {
      if (!(event.code in keys) || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault(); // the page does not scroll
      this.#pressed.add(event.code);
    });
    addEventListener("keyup", ({ code }) => this.#pressed.delete(code));
    addEventListener("blur", () => this.#pressed.clear()); // the end of a key that is let go elsewhere is not told
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      this.#drag(event);
    });
    pad.addEventListener("pointermove", (event) => {
      if (pad.hasPointerCapture(event.pointerId)) this.#drag(event);
    });
    for (const end of ["pointerup", "pointercancel"] as const)
      pad.addEventListener(end, () => this.#show({ x: 0, y: 0 }));
  }

  /** Where the player steers to. */
  get direction(): Direction {
    let { x, y } = this.#dragged;
    for (const code of this.#pressed) {
      x += (keys[code]?.x ?? 0) * 127;
      y += (keys[code]?.y ?? 0) * 127;
    }
    return { x: whole(x), y: whole(y) };
  }

  #drag({ clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = this.#pad.getBoundingClientRect();
    const [x, y] = [(clientX - left) / width - 0.5, (clientY - top) / height - 0.5];
    const length = Math.max(0.35, Math.hypot(x, y)); // that far from the middle is full speed
    this.#show({ x: (x / length) * 127, y: (y / length) * 127 });
  }

  #show(direction: Direction): void {
    this.#dragged = direction;
    this.#pad.style.setProperty("--x", String(direction.x / 127));
    this.#pad.style.setProperty("--y", String(direction.y / 127));
  }
}

function whole(value: number): number {
  return Math.round(Math.min(127, Math.max(-127, value)));
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLInputElement;
}
