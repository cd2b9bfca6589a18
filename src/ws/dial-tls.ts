import { once } from "node:events";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { Attempt } from "./dial-attempt.js";
import { type ClientTLSOptions, withoutUndefined } from "./options.js";

const http11 = "http/1.1";

/** Does the TLS handshakes of a client, with one set of certificates. */
export class ClientTLS {
  readonly #options: ClientTLSOptions;
  #context: SecureContext | undefined;

  /** @throws {TypeError} when another protocol than http/1.1 is on offer, as in options that HTTP/2 shares */
  constructor(options: ClientTLSOptions = {}) {
    this.#options = withoutUndefined(options);
    const other = options.ALPNProtocols?.find((protocol) => protocol !== http11);
    if (other === undefined) return;
    throw new TypeError(`websocket: protocol "${other}" was given but is not supported`);
  }

  /**
   * Reads the certificates and keys, once.
   * @throws {TypeError} for those that are none
   */
  prepare(): SecureContext {
    this.#context ??= this.#options.secureContext ?? makeContext(this.#options);
    return this.#context;
  }

  /** The name that the server's certificate must have. */
  get serverName(): string | undefined {
    return this.#options.serverName;
  }

  /** Goes over to TLS on a stream, and checks that the other end is `name`. */
  async connect(stream: Duplex, name: string, attempt: Attempt): Promise<TLSSocket> {
    const { serverName: _, ALPNProtocols: __, ...options } = this.#options;
    const socket = connect({
      ...options,
      secureContext: this.prepare(),
      ALPNProtocols: [http11],
      socket: stream,
      host: name,
      servername: isIP(name) === 0 ? name : "", // RFC 6066, section 3: no addresses in SNI
    });
    await attempt.wait(once(attempt.own(socket), "secureConnect"));
    return socket;
  }
}

function makeContext(options: ClientTLSOptions): SecureContext {
  try {
    const { serverName: _, ALPNProtocols: __, ...others } = options;
    return createSecureContext(others);
  } catch (cause) {
    throw new TypeError(`Cannot use the TLS options: ${(cause as Error).message}`, { cause });
  }
}
