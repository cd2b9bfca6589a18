import type { Listener, PacketConn, StreamConn } from "../net/conn.js";
import type { Traits } from "./traits.js";

/** Holds what every maker gives beside the things to be tested. */
export interface Fixture {
  /** Releases all that the maker made; called once for each run, whatever its outcome. */
  stop(): void | Promise<void>;
  /** Corrects what {@link traitsOf} says of the transport, for transports of your own. */
  traits?: Partial<Traits> | undefined;
}

/** Holds two connected ends: what is written to `c1` is read from `c2`, and the other way round. */
export interface ConnPair extends Fixture {
  /** One end. */
  c1: StreamConn;
  /** The other end. */
  c2: StreamConn;
}

/**
 * Makes a fresh pair of connected conns; called once by every run of a case.
 * @see {@link https://pkg.go.dev/golang.org/x/net/nettest#MakePipe | Go nettest.MakePipe}
 */
export type MakePipe = () => Promise<ConnPair>;

/** Holds a listener and the way to reach it. */
export interface ListenerFixture extends Fixture {
  /** A listener that nobody has dialled yet. */
  listener: Listener<StreamConn>;
  /** Dials it. May resolve before or after the connection is accepted. */
  dial(): Promise<StreamConn>;
}

/**
 * Makes a fresh listener; called once by every run of a case. The cases close the conns that they accept or dial.
 * @see {@link https://pkg.go.dev/golang.org/x/net/nettest#NewLocalListener | Go nettest.NewLocalListener}
 */
export type MakeListener = () => Promise<ListenerFixture>;

/** Holds two packet conns, each bound to an address (not to a wildcard) that the other can reach. */
export interface PacketConnPair extends Fixture {
  /** One of them. */
  p1: PacketConn;
  /** The other. */
  p2: PacketConn;
}

/**
 * Makes two fresh packet conns; called once by every run of a case.
 * @see {@link https://pkg.go.dev/golang.org/x/net/nettest#NewLocalPacketListener | Go nettest.NewLocalPacketListener}
 */
export type MakePacketConns = () => Promise<PacketConnPair>;

/** Options of a run. */
export interface CaseOptions {
  /**
   * How long the run may take, in milliseconds; so long again for `stop`.
   * @default 30_000
   */
  timeoutMs?: number | undefined;
}

/**
 * Names, states and checks one property of an interface.
 * @see {@link https://pkg.go.dev/golang.org/x/net/nettest#TestConn | Go nettest.TestConn}
 */
export interface Case<Make> {
  /** Its name, in Go's CamelCase: `"BasicIO"`. */
  readonly name: string;
  /** The property, in one sentence. */
  readonly property: string;
  /** The traits without which the property means nothing; on a transport that lacks one, `run` resolves at once. */
  readonly needs: readonly (keyof Traits)[];
  /**
   * Makes a fixture, checks the property on it, and stops it.
   * @throws {Error} when the property does not hold, or time runs out: the message names the case, the step, what was
   * expected and what came instead; `cause` is the error underneath
   */
  run(make: Make, options?: CaseOptions): Promise<void>;
}

/** Checks one property of a {@link StreamConn}. */
export type ConnCase = Case<MakePipe>;

/** Checks one property of a {@link Listener}. */
export type ListenerCase = Case<MakeListener>;

/** Checks one property of a {@link PacketConn}. */
export type PacketConnCase = Case<MakePacketConns>;
