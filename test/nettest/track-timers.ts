import { vi } from "vitest";

/** Counts the timers that are set and neither fired nor cleared. */
export function trackTimers(): { pending(): number; restore(): void } {
  const timers = new Set<unknown>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const setting = vi.spyOn(globalThis, "setTimeout").mockImplementation((run: () => void, ms?: number) => {
    const timer = set(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
    return timer;
  });
  const clearing = vi.spyOn(globalThis, "clearTimeout").mockImplementation((timer) => {
    timers.delete(timer);
    clear(timer);
  });
  return {
    pending: () => timers.size,
    restore() {
      setting.mockRestore();
      clearing.mockRestore();
    },
  };
}
