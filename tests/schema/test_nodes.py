"""Identity: everything that has an id can be read again by it, and keeps it."""

from pathlib import Path
from typing import Any

import pytest

from graph_api.analytics.service import Analyses
from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import claim_id, entity_id
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from seed.builtin import builtin_folder
from seed.loading import load
from tests.schema.asking import Ask, asker, without_errors
from tests.schema.test_every_field import LISTS

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


@pytest.mark.parametrize("type_name", LISTS)
async def test_node_of_every_type(ask: Ask, type_name: str) -> None:
    query = f"{{ page: {LISTS[type_name]}(first: 100) {{ nodes {{ id slug }} }} }}"
    rows = (await ask(query))["page"]["nodes"]
    assert await ask(NODE, {"id": rows[0]["id"]}) == {"node": {"__typename": type_name, "id": rows[0]["id"]}}
    ids = [row["id"] for row in rows]
    assert (await ask(NODES, {"ids": ids}))["nodes"] == [{"__typename": type_name, "id": key} for key in ids]
    one = type_name[0].lower() + type_name[1:]
    assert (await ask(f'{{ {one}(slug: "{rows[-1]["slug"]}") {{ id }} }}'))[one]["id"] == ids[-1]


VIEWS = {
    "Credit": ("people", "credits { nodes { id role person { id } film { id } } }", ("person", "film")),
    "Participation": ("people", "participations { nodes { id person { id } event { id } } }", ("person", "event")),
    "Screening": ("films", "screenings { nodes { id film { id } } }", ("film", None)),
    "Affiliation": ("people", "affiliations { id person { id } with { id } }", ("person", "with")),
}


@pytest.mark.parametrize("view", VIEWS)
async def test_views_have_the_id_of_their_relationship(ask: Ask, view: str) -> None:
    field, selection, (start, goal) = VIEWS[view]
    order = "orderBy: {field: DEGREE, direction: DESC}, first: 20"
    found: list[Any] = []
    for node in (await ask(f"{{ page: {field}({order}) {{ nodes {{ own: {selection} }} }} }}"))["page"]["nodes"]:
        found += node["own"]["nodes"] if isinstance(node["own"], dict) else node["own"]
    assert found
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Relationship {
      from { id } to { id } properties citations { locator } } } }"""
    nodes = (await ask(query, {"ids": [row["id"] for row in found]}))["nodes"]
    for row, node in zip(found, nodes, strict=True):
        assert (node["__typename"], node["id"]) == ("Relationship", row["id"])
        assert node["from"] == row[start]
        assert goal is None or node["to"] == row[goal]
        assert node["citations"]
        assert "role" not in row or node["properties"]["role"] == row["role"]


CLAIM = """id property value entity { name } qualifiers { property value entity { id } } subject { id }
  citations { locator }"""


async def test_claims_of_every_sort(ask: Ask) -> None:
    """Of rows of tables, of their own, and relations seen as claims."""
    claims = (await ask(f'{{ film(slug: "imperia") {{ claims {{ {CLAIM} }} }} }}'))["film"]["claims"]
    assert {"runtime", "director", "title"} <= {claim["property"] for claim in claims}
    for claim in claims:
        answer = await ask(NODE, {"id": claim["id"]})
        assert answer == {"node": {"__typename": "Claim", "id": claim["id"]}}


@pytest.mark.parametrize("field", [field for name, field in LISTS.items() if name != "Source"])
async def test_claims_have_ids_of_their_own(ask: Ask, field: str) -> None:
    order = "orderBy: {field: DEGREE, direction: DESC}"
    page = (await ask(f"{{ page: {field}(first: 50, {order}) {{ nodes {{ id claims {{ {CLAIM} }} }} }} }}"))["page"]
    claims = [claim for node in page["nodes"] for claim in node["claims"]]
    ids = [claim["id"] for claim in claims]
    assert len(set(ids)) == len(ids) > 0
    assert all(claim["subject"] == {"id": node["id"]} for node in page["nodes"] for claim in node["claims"])
    again = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Claim {{ {CLAIM} }} }} }}"
    assert (await ask(again, {"ids": ids[:1_000]}))["nodes"] == claims[:1_000]


async def test_a_relation_seen_as_a_claim_has_its_properties_as_qualifiers(ask: Ask) -> None:
    query = """{ film(slug: "lost-found") { claims(property: "madeWith") { entity { name }
      qualifiers { property value } certainty assertedBy } } film2: film(slug: "imperia") {
      claims(property: "screenedAt") { qualifiers { property value entity { name } } } } }"""
    answer = await ask(query)
    (claim,) = answer["film"]["claims"]
    assert claim == {
        "entity": {"name": "Kling AI"},
        "qualifiers": [{"property": "purpose", "value": "rough version of a scene"}],
        "certainty": "INFERRED",
        "assertedBy": "Dawid Meller",
    }
    venues = [q for claim in answer["film2"]["claims"] for q in claim["qualifiers"] if q["property"] == "venue"]
    assert [venue["value"] for venue in venues] == [None]
    assert venues[0]["entity"]["name"]


async def test_claims_that_are_not_made(ask: Ask) -> None:
    claim = (await ask('{ film(slug: "imperia") { claims(property: "runtime") { id } } }'))["film"]["claims"][0]["id"]
    imperia = entity_id(Kind.FILM, "imperia")
    ids = [
        claim_id(imperia, "runtime", "3600", "min", None, {}),
        claim,
        claim_id(entity_id(Kind.FILM, "no-such-film"), "runtime", "36", "min", None, {}),
        claim_id(imperia, "director", None, None, imperia, {}),
        claim_id(imperia, "nonsense", "36", None, None, {}),
    ]
    assert [node and node["id"] for node in (await ask(NODES, {"ids": ids}))["nodes"]] == [
        None,
        claim,
        None,
        None,
        None,
    ]


async def test_runs(ask: Ask) -> None:
    run = (await ask("{ centrality(measure: DEGREE) { run { id analysis } } }"))["centrality"]["run"]
    query = """query($id: ID!) { node(id: $id) { __typename ... on AnalysisRun { analysis
      centrality { scores(first: 1) { nodes { rank } } } communities { modularity } } } }"""
    assert (await ask(query, {"id": run["id"]}))["node"] == {
        "__typename": "AnalysisRun",
        "analysis": "DEGREE",
        "centrality": {"scores": {"nodes": [{"rank": 1}]}},
        "communities": None,
    }
    assert (await ask("query($id: ID!) { analysisRun(id: $id) { id } }", {"id": run["id"]}))["analysisRun"]["id"]


async def test_nodes_keep_order_repeats_and_gaps(ask: Ask) -> None:
    film, person = entity_id(Kind.FILM, "imperia"), entity_id(Kind.PERSON, "takeshi-kushida")
    nobody = entity_id(Kind.PERSON, "nobody-at-all")
    found = (await ask(NODES, {"ids": [person, nobody, film, person]}))["nodes"]
    assert [node and node["id"] for node in found] == [person, None, film, person]
    assert (await ask(NODES, {"ids": []}))["nodes"] == []


async def test_ids_and_hash_are_the_same_after_another_load(ask: Ask, tmp_path: Path, store: Store) -> None:
    query = """{ graph { hash } films(first: 100) { nodes { id claims { id } credits { nodes { id } }
      citations { source { id } } recognitions { nodes { id } } } } }"""
    again = await open_store(str(tmp_path / "again.db"))
    try:
        await load(again, builtin_folder())
        await load(again, builtin_folder())
        analyses = Analyses(again)
        assert await without_errors(asker(again, analyses))(query) == await ask(query)
        assert await again.revision() == 1
        await analyses.close()
    finally:
        await again.close()
