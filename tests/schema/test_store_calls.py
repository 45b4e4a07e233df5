"""A level of a query costs the store the same calls, however many objects it holds."""

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from tests.schema.asking import Ask, CountingStore

# Each with the number of calls it makes: the list, then one per level, and loaders for what was not at hand.
QUERIES = {
    "films, credits, people, their films": (
        """
        query($n: Int!) { films(first: $n) { nodes { title credits(first: $n) { nodes { role person { name
        films(first: $n) { nodes { title } edges { credits { role } } } } } } } } }
        """,
        3,
    ),
    "all of a film": (
        """
        query($n: Int!) { films(first: $n) { nodes { aliases externalIds { value } degree neighborCounts {
        count } citations { source { title } locator } directors { name } madeWith { name operator { name }
        } productionCompanies { name } countries { name within { name } } claims { property citations {
        locator } } } } }
        """,
        17,
    ),
    "neighbours of mixed kinds": (
        """
        query($n: Int!) { events(first: $n) { nodes { neighbors(first: $n) { edges { relationship { type
        citations { source { slug } } } node { name ... on Person { affiliations { role with { name kind } }
        } ... on Film { directors { name } } ... on FestivalEdition { festival { name } } neighbors(first:
        2) { nodes { name } } } } } } } }
        """,
        8,
    ),
    "statements, speakers, affiliations": (
        """
        query($n: Int!) { statements(first: $n) { nodes { summary topics { name } event { edition { name } }
        speaker { name affiliations { role with { name ... on Organization { founders { name } } } citations
        { source { title } } } } } } }
        """,
        9,
    ),
    "recognitions, films, directors": (
        """
        query($n: Int!) { recognitions(first: $n) { nodes { award { name givenBy { name } } edition {
        festival { name } } recipients { name } film { title directors { name countries { name } } madeWith
        { name } } } } }
        """,
        10,
    ),
    "screenings at editions and at events": (
        """
        query($n: Int!) { films(first: $n, orderBy: {field: DEGREE, direction: DESC}) { nodes {
        screenings(first: $n) { nodes { venue { name } edition { year festival { name } } event { name
        edition { year } } } } } } }
        """,
        9,
    ),
    "conflicts and their sources": (
        """
        query($n: Int!) { conflicts(first: $n) { nodes { subject { name } claims { value qualifiers { entity
        { name } } citations { source { title } } } } } }
        """,
        3,
    ),
    "search": (
        """
        query($n: Int!) { search(query: "film", first: $n) { edges { score node { name citations { locator }
        ... on Festival { editions { nodes { year places { name } } } } } } } }
        """,
        4,
    ),
    "relation claims": (
        """
        query($n: Int!) { films(first: $n) { nodes { claims(property: "director") { entity { name } subject
        { name } citations { source { title } } } } } }
        """,
        5,
    ),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_calls_do_not_grow_with_the_number_of_objects(ask: Ask, counting: CountingStore, name: str) -> None:
    query, most = QUERIES[name]
    calls = []
    for size in (5, 20, 50):
        counting.calls.clear()
        await ask(query, {"n": size})
        calls.append(dict(counting.calls))
    assert calls[1] == calls[2], (calls[1], calls[2])
    assert sum(calls[0].values()) <= sum(calls[1].values()) <= most, calls[1]


async def test_fifty_films_their_credits_and_people_are_three_calls(ask: Ask, counting: CountingStore) -> None:
    data = await ask("{ films(first: 50) { nodes { credits { nodes { role person { name } } } } } }")
    people = [credit["person"]["name"] for film in data["films"]["nodes"] for credit in film["credits"]["nodes"]]
    assert len(people) > 20
    assert dict(counting.calls) == {"find": 1, "hops": 1}


async def test_nodes_are_one_call_for_each_sort_of_id(ask: Ask, counting: CountingStore) -> None:
    data = await ask(
        """{ films(first: 50) { nodes {
          id citations { source { id } } claims { id property } credits { nodes { id } } } } }"""
    )
    films = data["films"]["nodes"]
    ids = [film["id"] for film in films]
    ids += [credit["id"] for film in films for credit in film["credits"]["nodes"]]
    ids += [citation["source"]["id"] for film in films for citation in film["citations"]]
    claims = [claim["id"] for film in films for claim in film["claims"]]
    assert len(claims) > 100
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    counting.calls.clear()
    assert [node["id"] for node in (await ask(query, {"ids": ids}))["nodes"]] == ids
    assert dict(counting.calls) == {"entities": 1, "relationships": 1, "sources": 1}
    counting.calls.clear()
    assert [node["id"] for node in (await ask(query, {"ids": claims}))["nodes"]] == claims
    properties = {claim["property"] for film in films for claim in film["claims"]}
    assert counting.calls["entities"] == counting.calls["claims"] == 1
    assert counting.calls["hops"] == counting.calls["citations"] <= len(properties)


async def test_a_neighbourhood_of_many_is_few_calls(ask: Ask, counting: CountingStore) -> None:
    slugs = [node["slug"] for node in (await ask("{ people(first: 50) { nodes { slug } } }"))["people"]["nodes"]]
    ids = [entity_id(Kind.PERSON, slug) for slug in slugs]
    counting.calls.clear()
    await ask("query($ids: [ID!]!) { neighborhood(ids: $ids) { nodes { name } } }", {"ids": ids})
    assert dict(counting.calls) == {"entities": 1, "neighborhood": 1}


async def test_facets_of_relations_name_their_entities_in_one_call(ask: Ask, counting: CountingStore) -> None:
    data = await ask('{ facets(kind: FILM, by: ["MADE_WITH", "FROM"]) { field values { value count entity { id } } } }')
    assert [facet["field"] for facet in data["facets"]] == ["MADE_WITH", "FROM"]
    assert dict(counting.calls) == {"facets": 1, "entities": 1}


async def test_counts_are_made_only_where_they_are_read(ask: Ask, counting: CountingStore) -> None:
    await ask("{ graph { revision } }")
    assert dict(counting.calls) == {"revision": 1}
