import type { Closer, Reader, Writer } from "../net/conn.js";
import { Client, type ClientOptions } from "./client.js";
import type { CodecLimits, DuplexCodec } from "./codec.js";
import { type DuplexCodecName, duplexCodec } from "./codecs.js";
import type { Contract } from "./contract.js";
import { Duplex } from "./duplex.js";
import { ShutdownError } from "./errors.js";
import type { Implementation } from "./implementation.js";
import { Registry, type ServiceInfo } from "./registry.js";
import type { Registrable } from "./remote-service.js";
import { Serving, type ServingOptions } from "./serving.js";
import type { Session } from "./session.js";

/** Options of a {@link Peer}: those of a client, and of a server. Interceptors see the calls of both directions. */
export interface PeerOptions extends ClientOptions, ServingOptions {}

/** Options of {@link newPeer}. */
export interface NewPeerOptions extends PeerOptions, CodecLimits {
  /** The codec to speak. @default "msgpack" */
  codec?: DuplexCodecName | undefined;
}

/**
 * Is one end of a connection over which both ends call and serve: a client whose server can call it back.
 *
 * Register what is served before the other end calls: in the tick in which the peer is made, or before it is asked to.
 * When too many calls of the other end wait, more are refused: reading must go on, as the answers to our own calls come
 * the same way.
 *
 * @example
 * ```ts
 * import { pipe } from "toolkit/net";
 * import { newPeer, type Reply, Server } from "toolkit/rpc";
 *
 * class Chat {
 *   async Join(name: string, reply: Reply<string>): Promise<void> {
 *     const { caller } = reply.call; // the one who joins
 *     reply.value = await caller!.call<string>("Screen.Ask", `Who are you, ${name}?`);
 *   }
 * }
 * class Screen {
 *   Ask(question: string, reply: Reply<string>): void {
 *     reply.value = `${question} A friend.`;
 *   }
 * }
 *
 * const [ours, theirs] = pipe();
 * const server = new Server();
 * server.register(new Chat());
 * void server.serveConn(theirs);
 *
 * const peer = newPeer(ours);
 * peer.register(new Screen());
 * console.log(await peer.call("Chat.Join", "Ada")); // Who are you, Ada? A friend.
 * peer.close();
 * ```
 */
export class Peer extends Client {
  readonly #registry: Registry;
  readonly #session: Session;

  /** Makes a peer that speaks through `codec`, and closes it in the end. */
  constructor(codec: DuplexCodec, options: PeerOptions = {}) {
    const duplex = new Duplex(codec);
    super(duplex.client, options);
    this.#registry = new Registry();
    this.#session = new Serving(this.#registry, options).beside(duplex, this);
    void this.#session.run();
  }

  /** The services, by name. */
  get services(): readonly ServiceInfo[] {
    return this.#registry.list();
  }

  /** Serves an object's methods to the other end. @see {@link Server.register} */
  register<T extends object>(rcvr: T & Registrable<T>): void;
  register<C extends Contract>(rcvr: Implementation<C>, contract: C): void;
  register(rcvr: object, contract?: Contract): void {
    this.#registry.register(rcvr, contract);
  }

  /** Serves an object's methods to the other end, under a name. @see {@link Server.registerName} */
  registerName<T extends object>(name: string, rcvr: T & Registrable<T>): void;
  registerName<C extends Contract>(name: string, rcvr: Implementation<C>, contract: C): void;
  registerName(name: string, rcvr: object, contract?: Contract): void {
    this.#registry.registerName(name, rcvr, contract);
  }

  /** Closes the connection. Calls that wait reject with a {@link ShutdownError}; methods that run are told by their signal. */
  override close(): void {
    super.close();
    this.#session.close(new ShutdownError());
  }
}

/** Makes a peer of a connection. It closes it in the end. */
export function newPeer(conn: Reader & Writer & Closer, options: NewPeerOptions = {}): Peer {
  return new Peer(duplexCodec(conn, options), options);
}
