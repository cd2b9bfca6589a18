// Asks through nginx: `npm run example nginx/client [URL] [ROOM]`
import * as rest from "toolkit/rest";
import * as ws from "toolkit/ws";

const [url = "http://127.0.0.1:8080", room = "lobby"] = process.argv.slice(2);
const print = (line: string) => process.stdout.write(`${line}\n`);

interface Said {
  readonly server: string;
  readonly text: string;
}

const api = rest.client(url);
for (let i = 0; i < 4; i++) {
  const { server, client } = (await api.get<{ server: string; client: string }>("/who")).value;
  print(`REST: server ${server} answers ${client}`);
}

for (let i = 0; i < 4; i++) {
  const conn = await ws.dial(`${url.replace("http", "ws")}/ws?room=${encodeURIComponent(room)}`);
  const { server } = await conn.readJSON<Said>();
  print(`WebSocket: server ${server} has the room ${room}`);
  conn.close();
  await conn.closed;
}

for await (const { data } of rest.eventSource(`${url}/events`)) {
  print(`Events: ${data}`);
  break;
}
