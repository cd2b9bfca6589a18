import { h } from "./dom.js";

/** A text at a place of a plot, in pixels of the plot. */
export interface Label {
  readonly text: string;
  /** The name of a colour. */
  readonly color: string;
  readonly x: number;
  readonly y: number;
}

const lineHeight = 15;

/** Puts texts at the right ends of lines, moved apart where they would overlap. */
export function endLabels(labels: readonly Label[], height: number): HTMLElement[] {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  const ys = sorted.map(({ y }) => y);
  for (let i = 1; i < ys.length; i++) ys[i] = Math.max(ys[i] ?? 0, (ys[i - 1] ?? 0) + lineHeight);
  // What was pushed out below goes back up, and pushes what is above it.
  let floor = height;
  for (let i = ys.length - 1; i >= 0; i--) {
    ys[i] = Math.min(ys[i] ?? 0, floor);
    floor = (ys[i] ?? 0) - lineHeight;
  }
  return sorted.map((label, i) => place(label, label.x + 8, (ys[i] ?? 0) - lineHeight / 2));
}

/** A rectangle that is taken. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Texts of points, and what they may not cover. */
export interface PointLabels {
  readonly labels: readonly Label[];
  readonly taken: readonly Box[];
}

/** Puts texts beside points, on the first side that is free. */
export function pointLabels({ labels, taken }: PointLabels, width: number, height: number): HTMLElement[] {
  const boxes: Box[] = [...taken, ...labels.map(({ x, y }): Box => [x - 6, y - 6, x + 6, y + 6])];
  return labels.map((label) => {
    const [w, half] = [label.text.length * 7 + 4, lineHeight / 2];
    const { x, y } = label;
    const corners: [number, number][] = [
      [x + 11, y - half],
      [x - 11 - w, y - half],
      [x + 8, y - lineHeight - 6],
      [x + 8, y + 6],
      [x - w - 8, y - lineHeight - 6],
      [x - w - 8, y + 6],
    ];
    const boxAt = ([left, top]: [number, number]): Box => [left, top, left + w, top + lineHeight];
    const isFree = (box: Box) => isInside(box, width, height) && !boxes.some((other) => overlap(box, other));
    const corner = corners.find((at) => isFree(boxAt(at))) ?? corners[0] ?? [x, y];
    boxes.push(boxAt(corner));
    return place(label, ...corner);
  });
}

function isInside([left, top, right, bottom]: Box, width: number, height: number): boolean {
  return left >= 0 && top >= -4 && right <= width && bottom <= height;
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

function place({ text, color }: Label, left: number, top: number): HTMLElement {
  const element = h("span", { class: "plot-label" }, text);
  element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  // Letters need more contrast than lines.
  element.style.color = `color-mix(in srgb, var(${color}) 78%, var(--text))`;
  return element;
}
