import type { Listener, OpOptions, StreamConn } from "../net/conn.js";
import { equal } from "./assert.js";
import { readExactly, write } from "./conn-io.js";
import { defineCase, type Task } from "./task.js";
import { type Traits, traitsOf } from "./traits.js";
import type { Fixture, ListenerCase, ListenerFixture } from "./types.js";

/** Defines a case for a listener; `needs` are the traits without which it means nothing. */
export function listenerCase(
  name: string,
  needs: readonly (keyof Traits)[],
  property: string,
  body: (meeting: Meeting, t: Task) => Promise<void>,
): ListenerCase {
  const inner = defineCase({
    name,
    needs,
    property,
    body,
    traitsOf: ({ listener }: Meeting) => traitsOf(listener.addr),
  });
  return { ...inner, run: (make, options) => inner.run(async () => new Meeting(await make()), options) };
}

/** Brings a listener and those who dial it together, and closes every conn that comes of it. */
export class Meeting implements Fixture {
  readonly listener: Listener<StreamConn>;
  readonly traits: Partial<Traits> | undefined;
  readonly #fixture: ListenerFixture;
  readonly #conns: StreamConn[] = [];
  #stopped = false;

  constructor(fixture: ListenerFixture) {
    this.listener = fixture.listener;
    this.traits = fixture.traits;
    this.#fixture = fixture;
  }

  /** Dials. */
  async dial(): Promise<StreamConn> {
    return this.#keep(await this.#fixture.dial());
  }

  /** Dials and says who it is, in one byte, as which a datagram listener gets to know of it at all. */
  async hail(i: number, t: Task): Promise<StreamConn> {
    const conn = await this.dial();
    const said = t.spawn(write(conn, new Uint8Array([i])));
    if (t.traits.buffered) await said;
    return conn;
  }

  /** Hails so that the next hail comes after it. */
  async hailInOrder(i: number, t: Task): Promise<void> {
    const hailing = t.spawn(this.hail(i, t));
    if (t.traits.buffered) await hailing;
  }

  /** Accepts. */
  async accept(options?: OpOptions): Promise<StreamConn> {
    return this.#keep(await this.listener.accept(options));
  }

  /** Accepts, and resolves to what the one who hailed says. */
  async meet(): Promise<number | undefined> {
    return hear(await this.accept());
  }

  /** Hails and accepts; resolves to both ends. */
  async connect(t: Task): Promise<[dialled: StreamConn, accepted: StreamConn]> {
    const hailing = t.spawn(this.hail(1, t));
    const accepted = await this.accept();
    equal(await hear(accepted), 1, "byte that the accepted conn read");
    return [await hailing, accepted];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const conn of this.#conns) conn.close();
    await this.#fixture.stop();
  }

  #keep(conn: StreamConn): StreamConn {
    this.#conns.push(conn);
    if (this.#stopped) conn.close();
    return conn;
  }
}

/** Reads the byte that says who hailed. */
export async function hear(conn: StreamConn): Promise<number | undefined> {
  return (await readExactly(conn, 1))[0];
}

/** Requires that both ends can speak to each other. */
export async function speak(a: StreamConn, b: StreamConn, t: Task): Promise<void> {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const saying = t.spawn(write(from, new Uint8Array([7])));
    equal(await hear(to), 7, "byte that was read");
    await saying;
  }
}
