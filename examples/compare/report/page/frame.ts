import uPlot from "uplot";
import { h } from "./dom.js";
import { endLabels, type Label, type PointLabels, pointLabels } from "./labels.js";
import { logTicks, niceRange, type Range } from "./scale.js";
import { color, onThemeChange } from "./theme.js";
import { Tip, type TipText } from "./tip.js";

/** An axis; all are logarithmic. */
export interface Axis {
  /** What it counts, with the unit. */
  readonly title: string;
  readonly format: (value: number) => string;
  /** Where the data don't tell. */
  readonly range?: Range;
  readonly ticks?: readonly number[];
}

/** A line, or points. */
export interface Curve {
  readonly label: string;
  /** The name of a colour of the style sheet. */
  readonly color: string;
  readonly isDashed?: boolean;
  readonly values: readonly (number | null)[];
}

/** What a frame shows. */
export interface Picture {
  readonly x: Axis;
  readonly y: Axis;
  /** Ascending. */
  readonly xs: readonly number[];
  readonly curves: readonly Curve[];
  readonly hasPoints?: boolean;
  /** How curves are drawn, if not by uPlot. */
  readonly paint?: (plot: uPlot) => void;
  /** Labels beside points; without them each curve has its name at its right end. */
  readonly labels?: (plot: uPlot) => PointLabels;
  readonly tip: (index: number) => TipText;
}

const narrow = 560;
const leastTickGap = 44;
const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Draws pictures in as much room as there is, anew when that, or the colours, change. */
export class Frame {
  readonly element: HTMLElement;
  readonly #stage: HTMLElement;
  readonly #titles = { x: h("p", { class: "axis-x" }), y: h("p", { class: "axis-y" }) };
  readonly #tip = new Tip();
  #plot: uPlot | null = null;
  #picture: Picture | null = null;
  #labels: HTMLElement[] = [];

  constructor(description: string) {
    const role = {
      role: "group",
      "aria-roledescription": "plot",
      tabindex: "0",
      "aria-label": `${description} Arrow keys read it point by point.`,
    };
    this.#stage = h("div", { class: "stage", ...role });
    this.#stage.addEventListener("keydown", (event) => this.#onKey(event));
    this.#stage.addEventListener("blur", () => this.#point(null));
    this.element = h("div", { class: "plot" }, this.#titles.y, this.#stage, this.#titles.x, this.#tip.element);
    new ResizeObserver(() => this.#draw()).observe(this.#stage);
    onThemeChange(() => this.#draw());
  }

  draw(picture: Picture): void {
    this.#picture = picture;
    this.#titles.x.textContent = picture.x.title;
    this.#titles.y.textContent = picture.y.title;
    this.#draw();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    const { left = -1, top = -1 } = this.#plot?.cursor ?? {};
    this.#plot?.destroy();
    this.#plot = null;
    if (this.#picture === null || width === 0) return;
    const plot = new uPlot(this.#options(this.#picture, width, height), dataOf(this.#picture), this.#stage);
    this.#plot = plot;
    // uPlot draws in a microtask.
    queueMicrotask(() => {
      this.#stage.toggleAttribute("data-drawn", true);
      if (left >= 0 && plot === this.#plot) plot.setCursor({ left, top }); // the reader is still there
    });
  }

  #options(picture: Picture, width: number, height: number): uPlot.Options {
    const { x, y, curves, hasPoints = false } = picture;
    const isNarrow = width < narrow;
    const isPainted = picture.paint !== undefined;
    const room = picture.labels === undefined && !isNarrow ? 8 * Math.max(6, ...curves.map((c) => c.label.length)) : 28;
    return {
      width,
      height,
      padding: [10, room, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, x: !isPainted, y: false, points: { show: !isPainted, size: 7 } },
      scales: { x: scaleOf(x), y: scaleOf(y) },
      axes: [
        { ...axisOf(x, isNarrow ? 5 : 10), size: 28 },
        { ...axisOf(y, 9), size: 58 },
      ],
      series: [{}, ...curves.map((curve) => seriesOf(curve, hasPoints, isPainted))],
      hooks: {
        draw: [
          (plot) => {
            picture.paint?.(plot);
            this.#label(plot, picture, isNarrow);
          },
        ],
        setCursor: [(plot) => this.#showTip(plot, picture)],
      },
    };
  }

  #label(plot: uPlot, picture: Picture, isNarrow: boolean): void {
    for (const label of this.#labels) label.remove();
    const { clientWidth: width, clientHeight: height } = plot.over;
    if (picture.labels !== undefined) this.#labels = pointLabels(picture.labels(plot), width, height);
    else this.#labels = isNarrow ? [] : endLabels(endsOf(plot, picture), height);
    plot.over.append(...this.#labels);
  }

  #showTip(plot: uPlot, { xs, tip }: Picture): void {
    const { idx, left = -1 } = plot.cursor;
    const x = typeof idx === "number" ? xs[idx] : undefined;
    if (typeof idx !== "number" || x === undefined || left < 0) return this.#tip.hide();
    this.#tip.show(
      tip(idx),
      this.#stage.offsetLeft + plot.over.offsetLeft + plot.valToPos(x, "x"),
      this.element.clientWidth,
    );
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") this.#point(null);
    if (step === undefined || this.#plot === null || this.#picture === null) return;
    event.preventDefault();
    const last = this.#picture.xs.length - 1;
    const from = this.#plot.cursor.idx ?? (step > 0 ? -1 : last + 1);
    this.#point(Math.min(last, Math.max(0, from + step)));
  }

  /** Moves the cursor to a point, or away. */
  #point(index: number | null): void {
    const x = index === null ? undefined : this.#picture?.xs[index];
    const left = x === undefined ? -10 : (this.#plot?.valToPos(x, "x") ?? -10);
    this.#plot?.setCursor({ left, top: x === undefined ? -10 : 10 });
  }
}

function dataOf({ xs, curves }: Picture): uPlot.AlignedData {
  return [[...xs], ...curves.map(({ values }) => [...values])];
}

function scaleOf({ range }: Axis): uPlot.Scale {
  const whole = (_: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax => {
    if (range !== undefined) return [...range];
    return min === null || max === null || min <= 0 ? [1, 1000] : [...niceRange(min, max)];
  };
  return { time: false, distr: 3, log: 10, range: whole };
}

function axisOf({ format, ticks }: Axis, mostTicks: number): uPlot.Axis {
  const line = { stroke: () => color("--line"), width: 1 };
  return {
    font,
    stroke: () => color("--soft"),
    grid: line,
    ticks: { show: false },
    gap: 6,
    splits: (plot, _, min, max) => {
      const within = (ticks ?? logTicks(min, max, mostTicks)).filter((tick) => tick >= min && tick <= max * 1.0001);
      return ticks === undefined ? within : apart(within, min, max, plot.width - 90);
    },
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map(format),
  };
}

/** Leaves out ticks whose texts would touch. */
function apart(ticks: readonly number[], min: number, max: number, width: number): number[] {
  const at = (tick: number) => (width * Math.log(tick / min)) / Math.log(max / min);
  return ticks.reduce<number[]>((kept, tick) => {
    const last = kept.at(-1);
    return last === undefined || at(tick) - at(last) >= leastTickGap ? [...kept, tick] : kept;
  }, []);
}

function seriesOf(
  { label, color: name, isDashed = false }: Curve,
  hasPoints: boolean,
  isPainted: boolean,
): uPlot.Series {
  const stroke = () => color(name);
  return {
    label,
    stroke,
    width: 2,
    spanGaps: true,
    ...(isDashed ? { dash: [5, 4] } : {}),
    ...(isPainted ? { paths: () => null } : {}),
    points: hasPoints && !isPainted ? { show: true, size: 6, fill: stroke, width: 0 } : { show: false },
  };
}

function endsOf(plot: uPlot, { xs, curves }: Picture): Label[] {
  return curves.flatMap(({ label, color: name, values }) => {
    const last = values.findLastIndex((value) => value !== null);
    const [x, y] = [xs[last], values[last]];
    if (x === undefined || y === null || y === undefined) return [];
    return [{ text: label, color: name, x: plot.valToPos(x, "x"), y: plot.valToPos(y, "y") }];
  });
}
