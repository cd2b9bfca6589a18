import type { Client, ReplyStream, StreamName, Reply, RemoteMethod } from "toolkit/rpc";
class Feed {
  async Count(args: { To: number }, reply: ReplyStream<number>): Promise<void> {
    for (let n = 1; n <= args.To; n++) await reply.send(n);
  }
  One(_args: null, _reply: Reply<string>): void {}
}
declare const client: Client;
export const a: StreamName<Feed> = "One";
export const b: [StreamName<Feed>] extends [never] ? 1 : 2 = 5;
export const c: RemoteMethod<Feed["Count"]> = 5;
export const d: RemoteMethod<Feed["One"]> = 5;
client.service<Feed>("Feed");
client.service<Feed>("Feed", { streams: ["One"] });
