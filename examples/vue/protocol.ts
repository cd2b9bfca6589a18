// What goes over the wire: what is sent is text, what comes back JSON.

/** What the server sends: a time every second, and what somebody said. */
export type FromServer =
  | { readonly type: "time"; readonly at: number; readonly connected: number }
  | { readonly type: "said"; readonly at: number; readonly text: string };

/** What makes the server end the connection instead of passing it on: to see how that looks. */
export const commands = { close: "/close", break: "/break" } as const;
/** The code that it closes with then, and the reason. */
export const closing = { code: 4000, reason: "as you asked" } as const;
