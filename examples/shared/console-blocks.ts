/** A command of a README, and what it prints. */
export interface ConsoleLine {
  readonly command: string;
  /** `…` stands for anything. */
  readonly output: string;
}

/** Reads the `console` blocks of a README: commands behind `$ `, each with what it prints below it. */
export function consoleLines(markdown: string): ConsoleLine[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const commands = blocks.flatMap((block) => block.split(/^\$ /m).slice(1));
  return commands.map((text) => {
    const [, command = "", output = ""] = /^((?:[^\n]*\\\n)*[^\n]*)\n([^]*)$/.exec(text) ?? [];
    return { command, output: output.trimEnd() };
  });
}

/** Makes a pattern of an output that leaves something out; upper and lower case are one, as in names of header fields. */
export function patternOf(output: string): RegExp {
  const parts = output.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*?")}$`, "i");
}
