import * as npm from "ws";

/** The parameters of an extension, as they are on the wire: those of the same name together. */
export type ExtensionParams = Record<string, (string | true)[]>;

/** The parameters of permessage-deflate that two ends agreed on. */
export interface DeflateParams {
  server_no_context_takeover?: true;
  client_no_context_takeover?: true;
  server_max_window_bits?: number;
  client_max_window_bits?: number | true;
}

/** What of the options of npm ws's permessage-deflate is used here. */
export interface DeflateOptions {
  isServer: boolean;
  serverNoContextTakeover?: boolean;
  clientNoContextTakeover?: boolean;
  serverMaxWindowBits?: boolean | number;
  clientMaxWindowBits?: boolean | number;
  maxPayload?: number;
  zlibDeflateOptions?: { level?: number; strategy?: number; memLevel?: number };
}

type Done = (err: Error | null, data: Uint8Array) => void;

/** npm ws's permessage-deflate, which its types leave out: negotiation, and zlib with a bound on its concurrency. */
export interface PerMessageDeflate {
  params: DeflateParams | null;
  offer(): Record<string, string | number | true>;
  accept(configurations: ExtensionParams[]): DeflateParams;
  compress(data: Uint8Array, fin: boolean, done: Done): void;
  decompress(data: Uint8Array, fin: boolean, done: Done): void;
  cleanup(): void;
}

interface Untyped {
  readonly extension: {
    parse(header: string): Record<string, ExtensionParams[]>;
    format(extensions: Record<string, object>): string;
  };
  readonly PerMessageDeflate: new (options: DeflateOptions) => PerMessageDeflate;
}

export const { extension, PerMessageDeflate } = npm as unknown as Untyped;
