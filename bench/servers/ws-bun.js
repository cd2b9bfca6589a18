// A WebSocket server in Bun, which is C++: it echoes at /, and publishes at /broadcast what comes there.
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const broadcast = new URL(request.url).pathname === "/broadcast";
    return server.upgrade(request, { data: { broadcast } }) ? undefined : new Response("no", { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    backpressureLimit: 64 * 1024 * 1024,
    open(ws) {
      if (ws.data.broadcast) ws.subscribe("all");
    },
    message(ws, message) {
      if (ws.data.broadcast) server.publish("all", message);
      else ws.send(message);
    },
  },
});
console.log(`READY ${server.hostname}:${server.port}`);
