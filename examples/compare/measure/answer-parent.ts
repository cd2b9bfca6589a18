import type { Answer, Numbered } from "./child.js";

/** Answers what the parent asks, until it is gone; then `end` lets go of everything, and the process ends. */
export function answerParent<Question>(
  valueFor: (question: Question) => Promise<unknown>,
  end: () => Promise<void> | void,
): void {
  const send = (answer: Answer) => {
    if (process.connected) process.send?.(answer, () => {}); // a parent that is gone needs no answer
  };
  process.on("message", (message) => {
    const question = message as Numbered<Question>;
    const { id } = question;
    valueFor(question).then(
      (value) => send({ id, value }),
      (err: unknown) => send({ id, error: (err as Error).message }),
    );
  });
  process.on("SIGINT", () => {}); // a terminal's Ctrl-C reaches all processes; the parent decides what happens then
  process.on("disconnect", () => {
    void Promise.resolve(end()).finally(() => process.exit());
  });
  send({ id: -1 });
}
