"""Every field of every type answers for every entity of the built-in dataset."""

import pytest
from graphql import get_named_type

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from tests.schema.asking import Ask
from tests.schema.selections import everything, types
from tests.schema.test_contract import KINDS

LISTS = {one[0].upper() + one[1:]: many for one, many in KINDS.items()} | {"Source": "sources"}


@pytest.mark.slow
@pytest.mark.parametrize("type_name", LISTS)
async def test_all_fields_of_all_entities(ask: Ask, type_name: str) -> None:
    field = LISTS[type_name]
    query = f"""query($after: String) {{ page: {field}(first: 100, after: $after) {{
      nodes {{ {everything(types()[type_name], 1)} }} pageInfo {{ hasNextPage endCursor }} totalCount }} }}"""
    after, seen = None, 0
    while True:
        page = (await ask(query, {"after": after}))["page"]
        seen += len(page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == page["totalCount"] > 0


KUSHIDA = entity_id(Kind.PERSON, "takeshi-kushida")
BARSOTTI = entity_id(Kind.PERSON, "marcel-barsotti")
CO_WRITER = entity_id(Kind.PERSON, "gundula-barsotti-bast")
BETWEEN = f'from: "{BARSOTTI}", to: "{CO_WRITER}"'
OTHERS = {
    "node": f'id: "{KUSHIDA}"',
    "nodes": f'ids: ["{KUSHIDA}"]',
    "search": 'query: "film", first: 5',
    "facets": 'kind: FILM, by: ["year", "MADE_WITH"]',
    "neighborhood": f'ids: ["{KUSHIDA}"]',
    "paths": BETWEEN,
    "collaborationPaths": BETWEEN,
    "distances": f'from: "{BARSOTTI}"',
    "centrality": "measure: CLOSENESS",
    "centralityOverTime": "measure: STRENGTH, window: 2",
    "compareCentrality": "measure: DEGREE, with: {citedOnly: true}",
    "significance": "measure: BETWEENNESS, samples: 5",
    "robustness": "measure: BETWEENNESS, removed: 3",
    "mixing": "by: COUNTRY",
    "explainCentrality": f'measure: STRENGTH, id: "{BARSOTTI}"',
    "communities": "algorithm: LEIDEN",
    "similar": f'id: "{BARSOTTI}", projection: {{name: PERSON_FILM}}',
    "conflicts": "first: 50",
    "analysisRuns": "first: 5",
    "measures": "",
    "graph": "",
}


@pytest.mark.parametrize("field", OTHERS)
async def test_all_fields_of_other_answers(ask: Ask, field: str) -> None:
    found = get_named_type(types()["Query"].fields[field].type)
    arguments = f"({OTHERS[field]})" if OTHERS[field] else ""
    await ask("{ communities { run { id } } centrality(measure: DEGREE) { run { id } } }")
    assert (await ask(f"{{ answer: {field}{arguments} {{ {everything(found, 1)} }} }}"))["answer"]


def test_every_field_of_the_root_is_asked() -> None:
    roots = {*OTHERS, *LISTS.values(), *(name[0].lower() + name[1:] for name in LISTS), "analysisRun"}
    assert set(types()["Query"].fields) == roots
