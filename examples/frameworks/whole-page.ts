import { readFileSync } from "node:fs";

const [html = "", css = "", own = "", script = ""] = ["page.html", "../shared/style.css", "page.css", "page.mjs"].map(
  (name) => readFileSync(new URL(name, import.meta.url), "utf8"),
);

/** Makes the page, in one piece: how to serve files is another matter in each framework. */
export function page(framework: string): string {
  const style = `<style>${css}${own}</style>`;
  const parts = { title: framework, style, script: `<script type="module">${script}</script>` };
  return html.replace(/<!-- (title|style|script) -->/g, (_, part: keyof typeof parts) => parts[part]);
}
