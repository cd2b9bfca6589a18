// Asks the same of both sides: `npm run example both/client [ADDRESS]`
import * as rest from "toolkit/rest";
import * as rpc from "toolkit/rpc";
import { contract } from "./geo.js";

const [address = "127.0.0.1:8080"] = process.argv.slice(2);
const trip = { From: { Lat: 52.52, Lon: 13.4 }, To: { Lat: 48.86, Lon: 2.35 } }; // from Berlin to Paris
const nowhere = { From: { Lat: 91, Lon: 0 }, To: trip.To };

const client = await rpc.dialHTTP("tcp", address, { codec: "gob" });
const geo = client.service(contract);
print("RPC ", await geo.Route(trip));
print("RPC ", await geo.Route(nowhere).catch((err: Error) => err));
client.close();

const api = rest.client(`http://${address}`);
print("REST", (await api.post("/geo/route", trip)).value);
print("REST", await api.post("/geo/route", nowhere).catch((err: unknown) => err));

function print(side: string, outcome: unknown): void {
  const { name, message } = outcome as Partial<Error>;
  process.stdout.write(`${side} ${outcome instanceof Error ? `${name}: ${message}` : JSON.stringify(outcome)}\n`);
}
