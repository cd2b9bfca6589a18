const special = /[&<>"'`]/g;
const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Text in which all that HTML takes for markup is escaped, in elements and in quoted attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(special, (char) => escapes[char] ?? char);
}

/** HTML that is safe to send: what `rest.markup` makes. */
export class Markup {
  readonly #html: string;

  /** Takes text for HTML as it is: whoever calls this answers for it. */
  constructor(html: string) {
    this.#html = html;
  }

  /** Gives the HTML. */
  toString(): string {
    return this.#html;
  }
}

/**
 * Writes HTML: what is put in is escaped, but for {@link Markup}; of arrays each item; `null`, `undefined` and `false`
 * are nothing. Put values between elements or into quoted attributes; an address of a stranger's needs a check of its own.
 *
 * @example
 * ```ts
 * import { markup } from "toolkit/rest";
 *
 * const tags = ["a", "<b>"];
 * console.log(String(markup`<ul>${tags.map((tag) => markup`<li>${tag}</li>`)}</ul>`)); // <ul><li>a</li><li>&lt;b&gt;</li></ul>
 * ```
 */
export function markup(strings: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return new Markup(strings.map((text, i) => (i === 0 ? text : toMarkup(values[i - 1]) + text)).join(""));
}

function toMarkup(value: unknown): string {
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(toMarkup).join("");
  if (value == null || value === false) return "";
  const text = value as string | number;
  return escapeMarkup(String(text));
}
