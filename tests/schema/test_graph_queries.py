"""Searches, facets, pieces of the graph and analyses, as the schema gives them."""

from collections import Counter

import pytest

from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.ids import entity_id
from tests.schema.asking import Ask
from tests.schema.world import World

KUSHIDA = entity_id(Kind.PERSON, "takeshi-kushida")
BARSOTTI = entity_id(Kind.PERSON, "marcel-barsotti")
CO_WRITER = entity_id(Kind.PERSON, "gundula-barsotti-bast")
NELSON = entity_id(Kind.PERSON, "chad-nelson")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("takeshi kushida", "takeshi-kushida"),
        ("KUSHIDA", "takeshi-kushida"),
        ("barsoti", "marcel-barsotti"),
        ("thiaroye", "thiaroye-44"),
        ("C·one", "c-one"),
        ("C one", "c-one"),
        ("timothee falcon", "timothee-falcon"),
        ("Imperial", "imperia"),
        ("world ai film fest", "world-ai-film-festival"),
    ],
)
async def test_search_finds_names_as_people_write_them(ask: Ask, text: str, slug: str) -> None:
    query = "query($text: String!) { search(query: $text, first: 5) { edges { score matched node { slug } } } }"
    edges = (await ask(query, {"text": text}))["search"]["edges"]
    assert slug in [edge["node"]["slug"] for edge in edges]
    assert all(0 < edge["score"] <= 1 and edge["matched"] for edge in edges)
    assert [edge["score"] for edge in edges] == sorted((edge["score"] for edge in edges), reverse=True)


async def test_search_of_some_kinds(ask: Ask) -> None:
    query = '{ search(query: "ai", kinds: [FESTIVAL, PLATFORM], first: 100) { nodes { kind } } }'
    assert {node["kind"] for node in (await ask(query))["search"]["nodes"]} == {"FESTIVAL", "PLATFORM"}


async def test_facets_count_what_lists_hold(ask: Ask, world: World) -> None:
    films = world.of_kind(Kind.FILM)
    facets = (
        await ask(
            '{ facets(kind: FILM, by: ["year", "genres", "MADE_WITH"]) '
            "{ field values { value count entity { id name } } } }"
        )
    )["facets"]
    year, genres, tools = facets
    assert {value["value"]: value["count"] for value in year["values"]} == {
        str(number): count for number, count in Counter(film.values.get("year") for film in films).items() if number
    }
    assert {value["value"]: value["count"] for value in genres["values"]} == Counter(
        genre
        for film in films
        for genre in film.values.get("genres", ())  # type: ignore[union-attr]
    )
    counted = Counter(tool for film in films for tool in world.out(film, Relation.MADE_WITH))
    assert {value["entity"]["id"]: value["count"] for value in tools["values"]} == counted
    for facet in facets:
        counts = [value["count"] for value in facet["values"]]
        assert counts == sorted(counts, reverse=True)
    assert all(value["entity"]["name"] == value["value"] for value in tools["values"])
    assert all(value["entity"] is None for value in year["values"])


async def test_facets_of_films_that_match(ask: Ask) -> None:
    query = """{ films(filter: {recognized: true}) { totalCount }
      facets(kind: FILM, by: ["aiUse"], filter: {recognized: true}) { values { value count } } }"""
    answer = await ask(query)
    assert sum(value["count"] for value in answer["facets"][0]["values"]) <= answer["films"]["totalCount"]


async def test_a_neighbourhood_is_what_lies_one_step_away(ask: Ask, world: World) -> None:
    query = """query($id: ID!) { neighborhood(ids: [$id]) { truncated nodes { id }
      relationships { from { id } to { id } citations { locator } } } }"""
    found = (await ask(query, {"id": KUSHIDA}))["neighborhood"]
    around = {end for relation in Relation for end in world.out(KUSHIDA, relation) | world.into(KUSHIDA, relation)}
    assert {node["id"] for node in found["nodes"]} == around | {KUSHIDA}
    assert found["nodes"][0] == {"id": KUSHIDA}
    assert not found["truncated"]
    ends = {(r["from"]["id"], r["to"]["id"]) for r in found["relationships"]}
    assert {pair for pair in ends if KUSHIDA in pair} == {
        (KUSHIDA, end) for relation in Relation for end in world.out(KUSHIDA, relation)
    } | {(end, KUSHIDA) for relation in Relation for end in world.into(KUSHIDA, relation)}
    assert all(relationship["citations"] for relationship in found["relationships"])


async def test_a_neighbourhood_that_is_cut_says_so(ask: Ask) -> None:
    query = "query($id: ID!) { neighborhood(ids: [$id], depth: 2, limit: 5) { truncated nodes { id } } }"
    found = (await ask(query, {"id": KUSHIDA}))["neighborhood"]
    assert (found["truncated"], len(found["nodes"])) == (True, 5)


async def test_counts_of_the_whole_graph(ask: Ask, world: World) -> None:
    graph = await ask("""{ graph { revision hash sources claims conflicts store storeVersion
      kinds { kind count } relations { relation count } } conflicts { totalCount } sources { totalCount } }""")
    info = graph["graph"]
    assert {row["kind"]: row["count"] for row in info["kinds"]} == {
        kind.value: len(world.of_kind(kind)) for kind in Kind
    }
    counted = Counter(relation for (_, relation), ends in world.outgoing.items() for _ in ends)
    assert {row["relation"]: row["count"] for row in info["relations"]} == {r.value: counted[r] for r in Relation}
    assert info["conflicts"] == graph["conflicts"]["totalCount"] > 0
    assert info["sources"] == graph["sources"]["totalCount"] > 0
    assert info["revision"] == "1"
    assert len(info["hash"]) == 64
    assert info["store"] in ("embedded", "neo4j")


async def test_neighbour_counts_add_up_to_the_degree(ask: Ask, world: World) -> None:
    query = (
        "{ people(first: 100) { nodes { id degree credited: degree(relations: [CREDITED_ON]) "
        "neighborCounts { relation direction kind count } neighbors { totalCount } } } }"
    )
    for node in (await ask(query))["people"]["nodes"]:
        assert node["degree"] == world.degree[node["id"]] == node["neighbors"]["totalCount"]
        assert node["degree"] == sum(row["count"] for row in node["neighborCounts"])
        credited = [row for row in node["neighborCounts"] if row["relation"] == "CREDITED_ON"]
        assert node["credited"] == sum(row["count"] for row in credited)
        assert all((row["direction"], row["kind"]) == ("OUT", "FILM") for row in credited)


async def test_collaboration_paths_cite_the_credits_of_each_tie(ask: Ask) -> None:
    query = """query($from: ID!, $to: ID!) { collaborationPaths(from: $from, to: $to, limit: 2) { length cost
      people { name } ties { from { name } to { name } weight films { title }
        credits { role person { name } film { title } citations { locator } } } } }"""
    (path,) = (await ask(query, {"from": BARSOTTI, "to": CO_WRITER}))["collaborationPaths"]
    assert [person["name"] for person in path["people"]] == ["Marcel Barsotti", "Gundula Barsotti-Bast"]
    (tie,) = path["ties"]
    assert path["length"] == 1
    assert path["cost"] == pytest.approx(1 / tie["weight"])
    assert [film["title"] for film in tie["films"]] == ["Imperia"]
    assert {(credit["person"]["name"], credit["role"]) for credit in tie["credits"]} == {
        ("Marcel Barsotti", "DIRECTOR"),
        ("Gundula Barsotti-Bast", "WRITER"),
    }
    assert all(credit["citations"] for credit in tie["credits"])


async def test_distances_count_everybody_who_can_be_reached(ask: Ask) -> None:
    query = """query($id: ID!) { distances(from: $id) { distance count } node(id: $id) { ... on Person {
      collaborators { totalCount } } } }"""
    answer = await ask(query, {"id": NELSON})
    assert answer["distances"][:2] == [
        {"distance": 0, "count": 1},
        {"distance": 1, "count": answer["node"]["collaborators"]["totalCount"]},
    ]


async def test_a_persons_centrality_is_that_of_the_ranking(ask: Ask) -> None:
    query = """query($ids: [ID!]!) { centrality(measure: PAGERANK) { of(ids: $ids) { score rank entity { id } }
      scores(first: 100) { nodes { score rank entity { id } } } }
      nodes(ids: $ids) { ... on Person { centrality(measure: PAGERANK) { score rank entity { id } } } } }"""
    film = entity_id(Kind.FILM, "imperia")
    answer = await ask(query, {"ids": [NELSON, film, KUSHIDA]})
    nelson, nothing, kushida = answer["centrality"]["of"]
    assert nothing is None
    assert nelson == answer["nodes"][0]["centrality"]
    assert kushida == answer["nodes"][2]["centrality"]
    assert nelson in answer["centrality"]["scores"]["nodes"]


async def test_similar_people_are_explained_by_those_they_share(ask: Ask) -> None:
    query = """query($id: ID!) { similar(id: $id, by: JACCARD, projection: {name: PERSON_FILM}, first: 5) {
      score entity { id name } shared { name kind } } }"""
    found = (await ask(query, {"id": BARSOTTI}))["similar"]
    assert CO_WRITER in [row["entity"]["id"] for row in found]
    assert all(row["shared"] and 0 < row["score"] <= 1 for row in found)


async def test_communities_hold_everybody_once(ask: Ask) -> None:
    query = """{ communities(algorithm: CONNECTED_COMPONENTS) { modularity run { nodes status }
      communities(first: 100) { nodes { index size } totalCount } } }"""
    found = (await ask(query))["communities"]
    sizes = [community["size"] for community in found["communities"]["nodes"]]
    assert sizes == sorted(sizes, reverse=True)
    assert [community["index"] for community in found["communities"]["nodes"]] == list(range(len(sizes)))
    rest = found["communities"]["totalCount"] - len(sizes)
    assert sum(sizes) + rest * sizes[-1] >= found["run"]["nodes"] >= sum(sizes) + rest
    assert found["run"]["status"] == "SUCCEEDED"


async def test_projections_take_filters_of_films(ask: Ask) -> None:
    query = """{ all: centrality(measure: DEGREE) { run { nodes } }
      honoured: centrality(measure: DEGREE, projection: {film: {recognized: true}}) { run { nodes parameters } }
      years: centrality(measure: DEGREE, projection: {years: {from: 1900, to: 1901}}) { run { nodes } } }"""
    answer = await ask(query)
    assert answer["years"]["run"]["nodes"] == 0
    assert 0 < answer["honoured"]["run"]["nodes"] < answer["all"]["run"]["nodes"]
    assert "projection" in answer["honoured"]["run"]["parameters"]


async def test_the_catalogue_of_measures(ask: Ask) -> None:
    measures = (await ask("{ measures { measure title meaning reference parameters engine } }"))["measures"]
    assert len(measures) == 16
    assert all(row["meaning"] and row["reference"] for row in measures)


async def test_paths_obey_their_filter(ask: Ask) -> None:
    query = """query($from: ID!, $to: ID!, $filter: PathFilter) { paths(from: $from, to: $to, filter: $filter, limit: 3)
      { length nodes { id kind } hops { type citations { locator } } } }"""
    ends = {"from": BARSOTTI, "to": CO_WRITER}
    over_films = (await ask(query, {**ends, "filter": {"relations": ["CREDITED_ON"], "kinds": ["FILM"]}}))["paths"]
    assert [path["length"] for path in over_films] == [2]
    assert {hop["type"] for hop in over_films[0]["hops"]} == {"CREDITED_ON"}
    imperia = over_films[0]["nodes"][1]["id"]
    assert imperia == entity_id(Kind.FILM, "imperia")
    without = (await ask(query, {**ends, "filter": {"exclude": [imperia], "citedOnly": True}}))["paths"]
    assert all(imperia not in [node["id"] for node in path["nodes"]] for path in without)
    assert all(hop["citations"] for path in without for hop in path["hops"])
    assert (await ask(query, {**ends, "filter": {"relations": ["DEPICTS"]}}))["paths"] == []
    same = (await ask(query, {"from": BARSOTTI, "to": BARSOTTI}))["paths"]
    assert [(path["length"], path["nodes"][0]["id"]) for path in same] == [(0, BARSOTTI)]
