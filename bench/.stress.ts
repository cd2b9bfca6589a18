import { dialledAndAccepted } from "../test/udp/pairs.ts";
let lost = 0;
const N = Number(process.argv[2] ?? 100);
for (let i = 0; i < N; i++) {
  const { c1, c2, stop } = await dialledAndAccepted(process.argv[3] ?? "127.0.0.1:0")();
  const total = 1024;
  let got = 0;
  const reading = (async () => { const p = new Uint8Array(2048); for (; got < total; got++) await c2.read(p); })().catch(() => {});
  const p = new Uint8Array(1024);
  for (let k = 0; k < total; k++) await c1.write(p);
  c2.setReadDeadline(Date.now() + 300);
  await reading;
  lost += total - got;
  await stop();
}
console.log("runs", N, "lost", lost);
