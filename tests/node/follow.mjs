// Follows `changes` from a revision with graphql-ws or graphql-sse until so many have come; prints their revisions.
import { createClient as createSocket } from "graphql-ws";
import { createClient as createEvents } from "graphql-sse";
import WebSocket from "ws";

const [how, address, since, count] = process.argv.slice(2);
const client =
  how === "ws"
    ? createSocket({ url: address.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 })
    : createEvents({ url: address, retryAttempts: 0 });
const query = `subscription ($since: String) { changes(since: $since) { revision actor created } }`;
const seen = [];
console.error("following");
for await (const result of client.iterate({ query, variables: { since } })) {
  if (result.errors) throw new Error(JSON.stringify(result.errors));
  seen.push(result.data.changes);
  if (seen.length === Number(count)) break;
}
console.log(JSON.stringify(seen));
await client.dispose();
process.exit(0);
