import { bytes } from "toolkit/gob";
import { method, Server, service } from "toolkit/rpc";

/** Is a service with one method, `Echo.Send`: both ends hold its types, as both ends of a Go program do. */
export const echoContract = service("Echo", { Send: method(bytes, bytes) });

/** Makes a server of it, in whatever codec its clients speak. */
export function newEchoServer(): Server {
  const server = new Server();
  server.register({ Send: (message, reply) => void (reply.value = message) }, echoContract);
  return server;
}
