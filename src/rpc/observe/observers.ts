import type { Interceptor, Next } from "../interceptor.js";
import { Diagnostics } from "./diagnostics.js";
import type { Observer } from "./observer.js";
import { RegisteredOpenTelemetry } from "./registered-open-telemetry.js";

/** Makes what watches the calls of a client: diagnostics channels, and OpenTelemetry where an SDK is registered. */
export function clientObserver(): Observer {
  return new Both(new RegisteredOpenTelemetry(), new Diagnostics("client"));
}

/** Makes what watches the calls of a server: diagnostics channels, and OpenTelemetry where an SDK is registered. */
export function serverObserver(): Observer {
  return new Both(new RegisteredOpenTelemetry(), new Diagnostics("server"));
}

/** The inner one sees what the outer one does: its span is active, and what it sends along is there. */
class Both implements Observer {
  readonly #outer: Observer;
  readonly #inner: Observer;
  readonly observe: Interceptor;

  constructor(outer: Observer, inner: Observer) {
    this.#outer = outer;
    this.#inner = inner;
    this.observe = (call, next) => {
      const rest: Next = async (each) => (inner.isActive ? inner.observe(each, next) : next(each));
      return outer.isActive ? outer.observe(call, rest) : rest(call);
    };
  }

  get isActive(): boolean {
    return this.#inner.isActive || this.#outer.isActive;
  }
}
