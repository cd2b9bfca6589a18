import { type Coin, coinRadius } from "./game.js";
import { arenaSize, playerRadius } from "./motion.js";

/** A player as it is drawn. */
export interface Figure {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly isMe: boolean;
}

/** The hue of a player, far from those of its neighbours; the same on every screen. */
export function hueOf(id: number): number {
  return (205 + id * 137.5) % 360;
}

/** Draws the arena, in the colours that the style sheet has for it. */
export class Drawing {
  readonly #canvas: HTMLCanvasElement;
  readonly #to: CanvasRenderingContext2D;
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(canvas: HTMLCanvasElement) {
    const to = canvas.getContext("2d");
    if (to === null) throw new Error("This browser cannot draw");
    this.#canvas = canvas;
    this.#to = to;
  }

  /** Draws all anew. */
  draw(coins: readonly Coin[], figures: readonly Figure[], now: number): void {
    const pixels = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (this.#canvas.width !== pixels) [this.#canvas.width, this.#canvas.height] = [pixels, pixels];
    const style = getComputedStyle(this.#canvas);
    const color = (name: string) => style.getPropertyValue(name);
    const scale = pixels / arenaSize;
    this.#to.setTransform(scale, 0, 0, scale, 0, 0);
    this.#to.clearRect(0, 0, arenaSize, arenaSize);
    this.#grid(color("--grid"));
    for (const coin of coins) this.#coin(coin, coin.value > 1 ? color("--gem") : color("--coin"), color("--edge"), now);
    for (const figure of figures) this.#figure(figure, color("--ink"), color("--light"));
    for (const figure of figures) this.#name(figure, color("--ink"), color("--floor"), this.#canvas.clientWidth);
  }

  #grid(color: string): void {
    this.#to.fillStyle = color;
    for (let x = 100; x < arenaSize; x += 100) {
      for (let y = 100; y < arenaSize; y += 100) this.#disc(x, y, 3);
    }
  }

  #coin({ x, y, value }: Coin, color: string, edge: string, now: number): void {
    const swing = this.#calm.matches ? 1 : 1 + 0.08 * Math.sin(now / 250 + x);
    this.#to.fillStyle = color;
    this.#to.strokeStyle = edge;
    this.#to.lineWidth = 3;
    if (value > 1) this.#diamond(x, y, coinRadius * 1.35 * swing);
    else this.#disc(x, y, coinRadius * swing);
    this.#to.stroke();
  }

  #figure({ id, x, y, isMe }: Figure, ink: string, light: string): void {
    this.#to.fillStyle = `hsl(${hueOf(id)} 62% ${light})`;
    this.#disc(x, y, playerRadius);
    if (!isMe) return;
    this.#to.strokeStyle = ink;
    this.#to.lineWidth = 5;
    this.#to.stroke();
  }

  #name({ name, x, y, isMe }: Figure, ink: string, floor: string, width: number): void {
    const size = Math.max(20, 12 * (arenaSize / width)); // never less than 12 px
    this.#to.font = `${isMe ? 700 : 500} ${size}px system-ui, sans-serif`;
    this.#to.textAlign = "center";
    const half = this.#to.measureText(name).width / 2 + 6;
    const inX = Math.min(arenaSize - half, Math.max(half, x));
    const inY = y - playerRadius - 10 < size ? y + playerRadius + size : y - playerRadius - 10;
    this.#to.strokeStyle = floor;
    this.#to.lineWidth = size / 4;
    this.#to.lineJoin = "round";
    this.#to.strokeText(name, inX, inY);
    this.#to.fillStyle = ink;
    this.#to.fillText(name, inX, inY);
  }

  #disc(x: number, y: number, radius: number): void {
    this.#to.beginPath();
    this.#to.arc(x, y, radius, 0, 2 * Math.PI);
    this.#to.fill();
  }

  #diamond(x: number, y: number, radius: number): void {
    this.#to.beginPath();
    this.#to.moveTo(x, y - radius);
    this.#to.lineTo(x + radius * 0.8, y);
    this.#to.lineTo(x, y + radius);
    this.#to.lineTo(x - radius * 0.8, y);
    this.#to.closePath();
    this.#to.fill();
  }
}
