// One end of a contender of bench/rpc-echo.ts, in a process of its own:
//
//	program server NAME
//	program client NAME ADDRESS WORK IN_FLIGHT WARM_UP_MS MEASURE_MS

import type { Work } from "./contender.js";
import { contenders } from "./contenders.js";
import { check, load } from "./load.js";

const [end, name = "", address = "", work = "", ...numbers] = process.argv.slice(2);
const contender = await contenders[name]?.();
if (contender === undefined) throw new RangeError(`No such contender: ${name}`);

if (end === "server") console.log(`READY ${await contender.serve()}`);
else {
  const [inFlight = 1, warmUpMs = 0, measureMs = 0] = numbers.map(Number);
  const calls = await contender.connect(address);
  await check(calls);
  await load(calls, { work: work as Work, inFlight, warmUpMs, measureMs });
  calls.close();
  process.exit(); // some keep more than they were asked for
}
