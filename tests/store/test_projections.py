"""Projections and scores are the same bytes whichever the store, and whatever the order of loading."""

import random

import pytest

from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.service import Analyses
from graph_api.analytics.spec import Projection, ProjectionSpec, WeightScheme
from graph_api.domain.records import ChangeItem, RelationshipRow
from tests.store.conftest import NewStore
from tests.store.items import load
from tests.store.oracle import some_graph

MEASURES = (M.PAGERANK, M.BETWEENNESS, M.EIGENVECTOR)
SPECS = [
    *(ProjectionSpec(name) for name in Projection),
    ProjectionSpec(weight=WeightScheme.NEWMAN),
    ProjectionSpec(cited_only=True, undisputed=True),
]


async def _answers(analyses: Analyses) -> list[object]:
    found: list[object] = []
    for spec in SPECS:
        graph = await analyses.projection(spec)
        arrays = (graph.sources.tobytes(), graph.targets.tobytes(), graph.weights.tobytes())
        found.append((graph.ids, graph.kinds, arrays))
        for measure in MEASURES:
            ranking = (await analyses.centrality(measure, spec)).result
            found.append((ranking.ids, ranking.scores.tobytes(), ranking.ranks.tobytes()))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
async def test_answers_are_the_same_bytes_on_any_store_and_in_any_order(new_store: NewStore, seed: int) -> None:
    items = some_graph(seed).items
    ordered: list[ChangeItem] = [item for item in items if not isinstance(item, RelationshipRow)]
    shuffled = [item for item in items if isinstance(item, RelationshipRow)]
    random.Random(seed).shuffle(shuffled)
    found = []
    for given in (items, [*ordered, *shuffled]):
        store = await new_store()
        await load(store, given)
        analyses = Analyses(store)
        found.append(await _answers(analyses))
        await analyses.close()
    assert found[0] == found[1]
    assert len(found[0]) == len(SPECS) * (1 + len(MEASURES))
