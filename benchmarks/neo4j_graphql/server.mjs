// The graph on Neo4j, served by @neo4j/graphql with Apollo Server, on a free port; prints its address.
//
// The types are those of the graph as it lies in Neo4j. Films, people and credits are found and ordered by the
// same indexes as ours: whoever asks gives the generation and the lowest keys.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

const typeDefs = `#graphql
  type Film @node(labels: ["Film", "FilmGraph"]) {
    id: String!
    generation: Int!
    nameKey: String!
    title: String!
    filmKind: String
    status: String
    year: Int
    releasedOn: String
    runtime: Float
    genres: [String!]
    aiUse: String
    people: [Person!]! @relationship(type: "CREDITED_ON", direction: IN, properties: "Credit")
  }
  type Person @node(labels: ["Person", "FilmGraph"]) {
    id: String!
    generation: Int!
    nameKey: String!
    name: String!
    films: [Film!]! @relationship(type: "CREDITED_ON", direction: OUT, properties: "Credit")
  }
  type Credit @relationshipProperties {
    role: String!
    character: String
    order: Int
  }
`;

const { NEO4J_URL, NEO4J_USER, NEO4J_PASSWORD, NEO4J_DATABASE } = process.env;
const driver = neo4j.driver(NEO4J_URL, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), { disableLosslessIntegers: true });
const features = { filters: { String: { GTE: true } } };
const schema = await new Neo4jGraphQL({ typeDefs, driver, features }).getSchema();
const server = new ApolloServer({ schema });
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: "127.0.0.1" },
  context: async () => ({ sessionConfig: { database: NEO4J_DATABASE } }),
});
console.log(url);
