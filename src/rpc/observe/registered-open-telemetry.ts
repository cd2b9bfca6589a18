import type { Interceptor } from "../interceptor.js";
import { builtin, nodeProcess } from "./builtin.js";
import type { Observer } from "./observer.js";
import { type OpenTelemetryAPI, openTelemetry } from "./open-telemetry.js";

/** Where the API keeps what is registered with it, whichever copy of it. */
const registered = Symbol.for("opentelemetry.js.api.1");

interface Registered {
  [registered]?: { readonly trace?: unknown };
}

interface Modules {
  createRequire(from: string): (name: string) => unknown;
}

/**
 * Puts calls into spans while an SDK is registered. The API is loaded at the first such call, by the way in which Node
 * finds it from here; where it cannot be, there are no spans.
 */
export class RegisteredOpenTelemetry implements Observer {
  /** `null` when the API cannot be loaded. */
  #traced: Interceptor | null | undefined;
  readonly observe: Interceptor = (call, next) => {
    if (this.#traced === undefined) this.#traced = load();
    return this.#traced === null ? next(call) : this.#traced(call, next);
  };

  get isActive(): boolean {
    return (globalThis as Registered)[registered]?.trace !== undefined && this.#traced !== null;
  }
}

function load(): Interceptor | null {
  const modules = builtin<Modules>("module");
  const folder = nodeProcess()?.cwd();
  for (const from of [import.meta.url, `${folder}/`]) {
    try {
      const api = modules?.createRequire(from)("@opentelemetry/api");
      if (api !== undefined) return openTelemetry(api as OpenTelemetryAPI);
    } catch {
      // it is not to be found from there; a bundle has no place of its own
    }
  }
  return null;
}
