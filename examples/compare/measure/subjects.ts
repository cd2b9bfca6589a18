import type { Figures } from "../results.js";
import type { OpenSubject, Site, Subject } from "../subject.js";
import { candidates } from "./candidates.js";
import { Child } from "./child.js";
import type { RowQuestion } from "./row-messages.js";

/**
 * The rows whose both ends are this package's. Each has a process for its client, too: what an engine has learnt of one row
 * would make it slower at another.
 */
export const toolkitSubjects: readonly Subject[] = candidates.map(({ name, group, side, note }) => ({
  name,
  group,
  side,
  ...(note === undefined ? {} : { note }),
  open: (site) => open(name, site),
}));

async function open(name: string, { folder, plan, signal }: Site): Promise<OpenSubject> {
  const child = await Child.start<RowQuestion>("measure/row-process", [name, folder, JSON.stringify(plan)], signal);
  let figures: Figures | null = null;
  return {
    warmUp: async () => void (await child.ask({ ask: "warm-up" })),
    round: async () => {
      figures = (await child.ask({ ask: "round" })) as Figures;
    },
    figures: () => {
      if (figures === null) throw new Error(`${name} is not measured yet`);
      return figures;
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
