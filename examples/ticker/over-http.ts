import * as rest from "toolkit/rest";
import { type Market, pick, type Tick } from "./market.js";

/** The same feed over plain HTTP: `/events` pushes it, `/quotes` is asked for it again and again. */
export function resources(market: Market): rest.Resource[] {
  const quotes = rest.resource("/quotes", {
    // The answer has an ETag, hashed from it: who has this tick already gets a 304 without a body.
    GET: (_request, { query }) => pick(market.latest, market.parse(query.get("symbols"))),
  });
  const events = rest.resource("/events", {
    GET: (request, { query }) => {
      const symbols = market.parse(query.get("symbols"));
      return rest.events(request, (context) => eventsOf(market, symbols, context), { retryMs: 1000 });
    },
  });
  return [quotes, events];
}

/** The ticks as events. Who comes back says which was the last, and gets those that were missed. */
async function* eventsOf(
  { feed }: Market,
  symbols: readonly string[],
  { lastEventId, signal }: rest.EventsContext,
): AsyncGenerator<rest.ServerEvent & { data: Tick }> {
  const after = lastEventId === "" ? feed.last - 1 : Number(lastEventId); // the first event: how things stand
  for await (const { id, data } of feed.subscribe(after, signal)) yield { id, data: pick(data, symbols) };
}
