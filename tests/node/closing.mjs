// Has graphql-ws end its connections in every way that the protocol names; prints the close codes, then what
// graphql-sse hears of a query, of one with a fault, and of a stream that it leaves.
import { createClient as createSocket } from "graphql-ws";
import { createClient as createEvents } from "graphql-sse";
import WebSocket from "ws";

const [address, token] = process.argv.slice(2);
const follow = "subscription { changes { revision } }";
const subscribe = JSON.stringify({ type: "subscribe", id: "a", payload: { query: follow } });
const later = (value, ms) => new Promise((resolve) => setTimeout(() => resolve(value), ms));

const ways = {
  4400: { on: { connected: (socket) => socket.send("nonsense") } },
  4401: { on: { opened: (socket) => socket.send(subscribe) }, connectionParams: () => later({}, 300) },
  4403: { connectionParams: { authorization: "Bearer fg_wrong" } },
  4408: { connectionParams: () => later({}, 5000) },
  4409: { generateID: () => "same", subscriptions: 2 },
  4429: { on: { connected: (socket) => socket.send(JSON.stringify({ type: "connection_init" })) } },
};

function closed({ subscriptions = 0, on = {}, ...options }) {
  return new Promise((resolve) => {
    const client = createSocket({
      url: address.replace("http", "ws"),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: () => {},
      on: { ...on, closed: ({ code }) => resolve(code) },
      ...options,
    });
    for (let i = 0; i < subscriptions; i++)
      client.subscribe({ query: follow }, { next: () => {}, error: () => {}, complete: () => {} });
  });
}

const codes = {};
for (const [code, options] of Object.entries(ways)) codes[code] = await closed(options);

const events = createEvents({ url: address, retryAttempts: 0, headers: { authorization: `Bearer ${token}` } });
const heard = async (query) => {
  const found = [];
  for await (const result of events.iterate({ query })) found.push(result);
  return found;
};
const told = [await heard("{ graph { revision } }"), await heard("{ nothing }")];
const left = events.iterate({ query: follow });
setTimeout(() => left.return(), 300);
told.push((await left.next()).done);
console.log(JSON.stringify({ codes, told }));
process.exit(0);
