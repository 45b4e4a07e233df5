// The public audit suite of GraphQL over HTTP, on the address given; prints each audit's result as JSON.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const shown = await Promise.all(
  results.map(async ({ status, name, id, reason, response }) => ({
    id, name, status, reason: reason ?? null,
    answer: status === "ok" ? null : { status: response.status, body: await response.clone().text().catch(() => "") },
  })),
);
console.log(JSON.stringify(shown));
