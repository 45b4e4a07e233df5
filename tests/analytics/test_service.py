"""The service on a real store: answers, records, equal runs, limits, changes; and the notebook on top of it."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

from graph_api.analytics.communities import CommunityAlgorithm
from graph_api.analytics.kernels.approximate import Approximation
from graph_api.analytics.measures.catalogue import CentralityMeasure as M
from graph_api.analytics.ranking import Ranking
from graph_api.analytics.runs import ByteCache, RunStatus
from graph_api.analytics.service import Analyses
from graph_api.analytics.similarity import SimilarityMeasure
from graph_api.analytics.spec import Projection, ProjectionSpec, WeightScheme
from graph_api.domain import ids
from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import Match, Op, YearSpan
from graph_api.domain.records import ChangeItem, Citation, EntityRow, Relationship, RelationshipRow, Source
from graph_api.errors import BadId, BadInput, NotFound, StoreUnavailable
from graph_api.notebook import open_graph
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from tests.analytics.samples import built, columns, communities, credit, film, person, ranking

SOURCE = Source(ids.source_id("list"), "list", "A list", "database")
CITED = (Citation(SOURCE.id, "row 1"),)
CREDITS = [
    ("ann", "first", "DIRECTOR"),
    ("bo", "first", "CAST"),
    ("cy", "first", "FEATURED"),
    ("bo", "second", "CAST"),
    ("di", "second", "WRITER"),
]


def _credit(who: str, what: str, role: str) -> RelationshipRow:
    own = ids.relationship_id(Relation.CREDITED_ON, person(who), film(what), [("role", role)])
    return RelationshipRow(Relationship(own, Relation.CREDITED_ON, person(who), film(what), {"role": role}), CITED)


def _items() -> list[ChangeItem]:
    people = [EntityRow(Kind.PERSON, s, s.title(), citations=CITED) for s in ("ann", "bo", "cy", "di")]
    films = [
        EntityRow(Kind.FILM, "first", "The First", cells={"year": "2024"}, citations=CITED),
        EntityRow(Kind.FILM, "second", "C·one", cells={"year": "2025"}, citations=CITED),
    ]
    return [SOURCE, *people, *films, *(_credit(*row) for row in CREDITS)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(str(tmp_path / "graph.db"))
    await opened.apply([_items()], actor="test")
    yield opened
    await opened.close()


@pytest.fixture
async def analyses(store: Store) -> AsyncIterator[Analyses]:
    service = Analyses(store)
    yield service
    await service.close()


async def test_a_run_says_how_it_was_got(store: Store, analyses: Analyses) -> None:
    found = await analyses.centrality(M.BETWEENNESS, ProjectionSpec())
    assert found.result.ids[0] == person("bo")
    assert found.result.scores[0] == 1.0
    assert found.result.error == 0.0
    run = found.run
    assert (run.status, run.progress, run.exact, run.nodes, run.relationships) == (RunStatus.SUCCEEDED, 1.0, True, 3, 2)
    assert (run.analysis, run.engine, run.graph_revision) == ("BETWEENNESS", "igraph", str(await store.revision()))
    assert run.graph_hash == await store.graph_hash()
    assert run.engine_versions["networkx"] == nx.__version__
    assert run.parameters["weighted"] is False
    assert run.seconds is not None
    assert run.started_at is not None
    assert run.queued_at <= run.started_at
    assert ids.decode(run.id).type == ids.RUN
    assert (await analyses.run(run.id)) == run
    assert await analyses.result(run) is found.result


async def test_an_approximation_says_how_far_off_it_may_be(
    store: Store, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.analytics.engines.SMALL_WORK", -1)
    wanted = Approximation(0.05, seed=2)
    found = await analyses.centrality(M.BETWEENNESS, ProjectionSpec(), approximate=wanted)
    assert not found.run.exact
    assert found.run.parameters["approximate"] == {
        "epsilon": 0.05,
        "delta": 0.1,
        "seconds": None,
        "top": None,
        "seed": 2,
    }
    assert 0 < found.result.error <= 0.05
    assert found.result.scores[0] == pytest.approx(1.0, abs=found.result.error)
    assert found.run.engine == "numba"
    exact = await analyses.centrality(M.BETWEENNESS, ProjectionSpec())
    assert exact.run.id != found.run.id
    again = Analyses(store, result_bytes=0)
    try:
        other = await again.centrality(M.BETWEENNESS, ProjectionSpec(), approximate=wanted)
        remade = await again.result(other.run)
        assert isinstance(remade, Ranking)
        assert remade.scores.tolist() == found.result.scores.tolist()
    finally:
        await again.close()


async def test_equal_runs_are_one(store: Store, analyses: Analyses) -> None:
    spec = ProjectionSpec(roles=(CreditRole.CAST, CreditRole.DIRECTOR))
    same = ProjectionSpec(roles=(CreditRole.DIRECTOR, CreditRole.CAST))
    one, two = await asyncio.gather(
        analyses.centrality(M.PAGERANK, spec), analyses.centrality(M.PAGERANK, same, {"alpha": 0.85})
    )
    assert one.result is two.result
    three = await analyses.centrality(M.PAGERANK, spec, {"alpha": 0.5})
    assert three.run.id != one.run.id
    assert [run.id for run in (await analyses.runs(PageRequest(count=True))).items] == [three.run.id, one.run.id]
    again = Analyses(store)
    repeated = await again.centrality(M.PAGERANK, spec)
    await again.close()
    assert repeated.run.id == one.run.id
    assert repeated.result.scores.tobytes() == one.result.scores.tobytes()


async def test_somebody_who_goes_away_does_not_end_it_for_others(analyses: Analyses) -> None:
    first = asyncio.create_task(analyses.centrality(M.CLOSENESS, ProjectionSpec()))
    second = asyncio.create_task(analyses.centrality(M.CLOSENESS, ProjectionSpec()))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).run.status is RunStatus.SUCCEEDED


async def test_a_change_makes_a_new_run(store: Store, analyses: Analyses) -> None:
    before = await analyses.centrality(M.DEGREE, ProjectionSpec())
    await store.apply([[_credit("cy", "second", "CAST")]], actor="test")
    after = await analyses.centrality(M.DEGREE, ProjectionSpec())
    assert (before.run.nodes, after.run.nodes) == (3, 4)
    assert before.run.id != after.run.id
    assert (await analyses.projection(ProjectionSpec())).revision == await store.revision()


async def test_filters_reach_the_store(analyses: Analyses) -> None:
    late = ProjectionSpec(years=YearSpan(2025, None))
    assert set((await analyses.projection(late)).ids) == {person("bo"), person("di")}
    named = ProjectionSpec(film=Match("name", Op.EQ, "the first"))
    assert set((await analyses.projection(named)).ids) == {person("ann"), person("bo")}
    everything = await analyses.projection(ProjectionSpec(Projection.EVERYTHING, cited_only=True))
    assert (len(everything), everything.ties) == (5, 4)


async def test_failures_are_recorded_and_raised(store: Store) -> None:
    service = Analyses(store, max_seconds=0.0)
    with pytest.raises(BadInput, match="more than 0 s; narrow it"):
        await service.centrality(M.BETWEENNESS, ProjectionSpec())
    (run,) = (await service.runs(PageRequest())).items
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "narrow it" in run.error
    assert await service.result(run) is None
    await service.close()


async def test_other_analyses(analyses: Analyses) -> None:
    groups = await analyses.communities(CommunityAlgorithm.LEIDEN, ProjectionSpec())
    assert sum(len(c.members) for c in groups.result.communities) == 3
    (alike,) = (await analyses.similar(person("ann"), SimilarityMeasure.JACCARD, ProjectionSpec())).result.items
    assert (alike.id, alike.score, alike.shared) == (person("di"), 1.0, (person("bo"),))
    (path,) = (await analyses.paths(person("ann"), person("di"), ProjectionSpec())).result.items
    assert path.people == (person("ann"), person("bo"), person("di"))
    assert path.ties[1].films == (film("second"),)
    assert (await analyses.distances(person("ann"), ProjectionSpec())).result.items == ((0, 1), (1, 1), (2, 1))
    with pytest.raises(BadInput, match="person to person"):
        await analyses.paths(person("ann"), film("first"), ProjectionSpec())
    with pytest.raises(BadId):
        await analyses.distances("nonsense", ProjectionSpec())
    with pytest.raises(BadInput, match="limit must be 1 to 100"):
        await analyses.paths(person("ann"), person("di"), ProjectionSpec(), 0)


async def test_load_order_changes_no_byte_of_any_answer() -> None:
    chance = random.Random(11)
    rows = {_row(chance.randrange(30), chance.randrange(20)) for _ in range(120)}
    spec = ProjectionSpec(weight=WeightScheme.NEWMAN)
    graphs = [built(spec, columns(rows, shuffle)) for shuffle in (None, 1, 2)]
    for measure in M:
        given = {"sources": [graphs[0].ids[3]]} if measure is M.PERSONALIZED_PAGERANK else {}
        found = [ranking(graph, measure, **given) for graph in graphs]
        assert len({(r.ids, r.scores.tobytes(), r.ranks.tobytes()) for r in found}) == 1, measure
    for algorithm in CommunityAlgorithm:
        groups = [communities(graph, algorithm) for graph in graphs]
        assert (
            len({(repr(g.modularity), repr([(c.members, c.scores.tobytes()) for c in g.communities])) for g in groups})
            == 1
        )


def _row(who: int, what: int) -> tuple[Relation, str, str, str | None]:
    return credit(f"p{who}", f"f{what}")


async def test_memory_is_bounded(store: Store) -> None:
    service = Analyses(store, projection_bytes=0, result_bytes=0, keep_runs=2)
    runs = [(await service.centrality(m, ProjectionSpec())).run for m in (M.DEGREE, M.STRENGTH, M.CLOSENESS)]
    assert (await service.run(runs[0].id)) is None
    assert (await service.run(runs[2].id)) == runs[2]
    recomputed = await service.result(runs[2])
    assert isinstance(recomputed, Ranking)
    await service.close()


def test_the_least_recently_used_goes_first() -> None:
    class Block:
        nbytes = 4

    cache: ByteCache[str, Block] = ByteCache(10)
    cache.put("a", Block())
    cache.put("b", Block())
    cache.get("a")
    cache.put("c", Block())
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert cache.nbytes == 8


# ---------------------------------------------------------------- notebooks


@pytest.fixture
async def database(store: Store, tmp_path: Path) -> str:
    return str(tmp_path / "graph.db")


def _notebook(database: str) -> None:
    with open_graph(database) as graph:
        collaboration = graph.projection(weight="newman")
        assert {data["name"] for _, data in collaboration.nodes(data=True)} == {"Ann", "Bo", "Di"}
        table = pd.DataFrame(graph.centrality("betweenness"))
        assert table.iloc[0][["rank", "score", "name", "slug"]].tolist() == [1, 1.0, "Bo", "bo"]
        assert len(pd.DataFrame(graph.communities())) == 3
        assert graph.similar("ann", "JACCARD")[0]["shared"] == ["Bo"]
        (path,) = graph.paths("ann", person("di"))
        assert (path["people"], path["cost"]) == (["Ann", "Bo", "Di"], 2.0)
        assert path["ties"][1] == {"from": "Bo", "to": "Di", "weight": 1.0, "films": ["C·one"]}
        assert graph.distances("ann") == [{"distance": d, "count": 1} for d in (0, 1, 2)]
        films = pd.DataFrame(graph.films()).set_index("slug")
        assert films[["name", "year"]].to_dict("index")["second"] == {"name": "C·one", "year": 2025}
        assert [row["slug"] for row in sorted(graph.people(), key=lambda row: str(row["slug"]))] == [
            "ann",
            "bo",
            "cy",
            "di",
        ]
        assert graph.runs()[0].analysis == "DISTANCES"
        target = Path(database).with_name("out.graphml")
        graph.save(target)
        assert len(nx.read_graphml(target)) == 3
        with pytest.raises(NotFound, match="near it"):
            graph.distances("anm")
        with pytest.raises(BadInput, match="is none of DEGREE, STRENGTH"):
            graph.centrality("fame")
    with pytest.raises(StoreUnavailable, match="closed"):
        graph.films()
    graph.close()


async def test_notebook_in_a_running_loop_and_out_of_it(database: str) -> None:
    _notebook(database)
    await asyncio.to_thread(_notebook, database)


async def test_notebook_of_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no database"):
        open_graph(tmp_path / "none.db")
