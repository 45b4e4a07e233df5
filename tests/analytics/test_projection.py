"""Projections: what is tied, how strongly, and that the order of rows changes nothing."""

import csv
import os
import random
import time
import tracemalloc
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from graph_api.analytics.spec import Projection, ProjectionSpec, WeightScheme
from graph_api.domain import ids
from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.query import And, Match, Op, YearSpan
from graph_api.domain.records import RelationColumns
from graph_api.errors import BadInput
from tests.analytics.samples import Row, built, casts, columns, credit, film, person, slug_of, ties

P, R, W = Projection, Relation, WeightScheme
FILMS = {"f1": "abc", "f2": "ab", "f3": "d", "f4": "ac"}


def edition(slug: str) -> str:
    return ids.entity_id(Kind.FESTIVAL_EDITION, slug)


def festival(slug: str) -> str:
    return ids.entity_id(Kind.FESTIVAL, slug)


def event(slug: str) -> str:
    return ids.entity_id(Kind.EVENT, slug)


def recognition(slug: str) -> str:
    return ids.entity_id(Kind.RECOGNITION, slug)


def award(slug: str) -> str:
    return ids.entity_id(Kind.AWARD, slug)


def test_collaboration_counts_films_together() -> None:
    graph = built(ProjectionSpec(), casts(FILMS))
    assert ties(graph) == {("a", "b"): 2, ("a", "c"): 2, ("b", "c"): 1}
    assert [slug_of(node) for node in graph.ids] == ["a", "b", "c", "d"]
    assert set(graph.kinds) == {Kind.PERSON}


def test_collaboration_counts_a_film_once_whatever_the_credits() -> None:
    rows = [
        credit("a", "f"),
        credit("a", "f", "DIRECTOR"),
        credit("a", "f", "WRITER"),
        credit("b", "f"),
        credit("b", "f", "WRITER"),
    ]
    assert ties(built(ProjectionSpec(), columns(rows))) == {("a", "b"): 1}


def test_newman_shares_a_film_among_the_people_left() -> None:
    spec = ProjectionSpec(weight=W.NEWMAN)
    assert ties(built(spec, casts(FILMS))) == {("a", "b"): 1.5, ("a", "c"): 1.5, ("b", "c"): 0.5}
    rows = [credit("a", "f"), credit("b", "f"), credit("x", "f", "FEATURED")]
    assert ties(built(spec, columns(rows))) == {("a", "b"): 1.0}


def test_no_weight_is_one() -> None:
    assert set(ties(built(ProjectionSpec(weight=W.NONE), casts(FILMS))).values()) == {1.0}


def test_roles_and_years_leave_credits_out() -> None:
    rows = [credit("a", "f", "DIRECTOR"), credit("b", "f", "DIRECTOR"), credit("c", "f"), credit("d", "g", "DIRECTOR")]
    spec = ProjectionSpec(roles=(CreditRole.DIRECTOR,))
    assert ties(built(spec, columns(rows))) == {("a", "b"): 1}
    dated = ProjectionSpec(years=YearSpan(2024, None))
    assert not built(dated, columns(rows), {film("f"): 2023}).ids
    assert len(built(dated, columns(rows), {film("f"): 2024}).ids) == 3


def test_the_featured_did_not_work_on_the_film() -> None:
    rows = [credit("a", "f"), credit("x", "f", "FEATURED")]
    assert len(built(ProjectionSpec(), columns(rows)).ids) == 1
    assert ties(built(ProjectionSpec(roles=(CreditRole.CAST, CreditRole.FEATURED)), columns(rows))) == {("a", "x"): 1}


@pytest.mark.parametrize("weight", [W.COUNT, W.NEWMAN])
def test_load_order_changes_no_byte(weight: WeightScheme) -> None:
    chance = random.Random(4)
    rows = {credit(f"p{chance.randrange(40)}", f"f{chance.randrange(25)}") for _ in range(300)}
    graphs = [built(ProjectionSpec(weight=weight), columns(rows, shuffle)) for shuffle in (None, 1, 2)]
    assert len({(g.ids, g.sources.tobytes(), g.targets.tobytes(), g.weights.tobytes()) for g in graphs}) == 1
    assert len({g.incidence.credits.tobytes() for g in graphs if g.incidence}) == 1


def test_co_participation_ties_people_at_the_same_event() -> None:
    rows: list[Row] = [
        (R.PARTICIPATED_IN, person("a"), event("panel"), "SPEAKER"),
        (R.PARTICIPATED_IN, person("a"), event("panel"), "MODERATOR"),
        (R.PARTICIPATED_IN, person("b"), event("panel"), "SPEAKER"),
        (R.PARTICIPATED_IN, person("c"), event("talk"), "SPEAKER"),
        (R.PART_OF, event("panel"), edition("ssff-2025"), None),
    ]
    spec = ProjectionSpec(P.CO_PARTICIPATION)
    assert ties(built(spec, columns(rows))) == {("a", "b"): 1}
    assert len(built(spec, columns(rows)).ids) == 3
    dated = ProjectionSpec(P.CO_PARTICIPATION, years=YearSpan(2025, 2025))
    assert len(built(dated, columns(rows), {edition("ssff-2025"): 2025, event("talk"): 2024}).ids) == 2


def test_person_film_counts_credits() -> None:
    rows = [credit("a", "f"), credit("a", "f", "DIRECTOR"), credit("b", "g")]
    graph = built(ProjectionSpec(P.PERSON_FILM), columns(rows))
    assert ties(graph) == {("a", "f"): 2, ("b", "g"): 1}
    assert sorted(kind.value for kind in graph.kinds) == ["FILM", "FILM", "PERSON", "PERSON"]


FESTIVAL_ROWS: list[Row] = [
    (R.EDITION_OF, edition("e25"), festival("fest"), None),
    (R.EDITION_OF, edition("e24"), festival("fest"), None),
    (R.PART_OF, event("programme"), edition("e25"), None),
    (R.PART_OF, event("slot"), event("programme"), None),
    (R.SCREENED_AT, film("direct"), edition("e24"), None),
    (R.SCREENED_AT, film("deep"), event("slot"), None),
    (R.SCREENED_AT, film("deep"), edition("e25"), None),
    (R.SCREENED_AT, film("elsewhere"), event("lone"), None),
    (R.AT_EDITION, recognition("r1"), edition("e24"), None),
    (R.RECOGNIZED_FOR, recognition("r1"), film("winner"), None),
]


def test_festival_film_climbs_from_events_to_the_festival() -> None:
    assert ties(built(ProjectionSpec(P.FESTIVAL_FILM), columns(FESTIVAL_ROWS))) == {
        ("direct", "fest"): 1,
        ("deep", "fest"): 2,
        ("fest", "winner"): 1,
    }
    only = ProjectionSpec(P.FESTIVAL_FILM, relations=(R.RECOGNIZED_FOR,))
    assert ties(built(only, columns(FESTIVAL_ROWS))) == {("fest", "winner"): 1}
    dated = ProjectionSpec(P.FESTIVAL_FILM, years=YearSpan(2025, None))
    assert ties(built(dated, columns(FESTIVAL_ROWS), {edition("e25"): 2025, edition("e24"): 2024})) == {
        ("deep", "fest"): 2
    }


def test_events_that_are_part_of_each_other_end_the_climb() -> None:
    rows: list[Row] = [
        (R.PART_OF, event("a"), event("b"), None),
        (R.PART_OF, event("b"), event("a"), None),
        (R.SCREENED_AT, film("f"), event("a"), None),
    ]
    assert not built(ProjectionSpec(P.FESTIVAL_FILM), columns(rows)).ids


def _recognised(name: str, what: str, who: str, at: str | None) -> list[Row]:
    rows: list[Row] = [
        (R.OF_AWARD, recognition(name), award("prize"), None),
        (R.RECOGNIZED_FOR, recognition(name), film(what), None),
        (R.RECIPIENT_OF, person(who), recognition(name), None),
    ]
    return [*rows, (R.AT_EDITION, recognition(name), edition(at), None)] if at else rows


RECOGNISED = columns(
    [
        *_recognised("r1", "f1", "a", "e25"),
        *_recognised("r2", "f2", "b", "e25"),
        *_recognised("r3", "f3", "c", "e24"),
        *_recognised("r4", "f4", "d", None),
        *_recognised("r5", "f5", "e", None),
        *_recognised("r6", "f6", "g", None),
        (R.RECIPIENT_OF, ids.entity_id(Kind.ORGANIZATION, "studio"), recognition("r1"), None),
    ]
)


def test_co_recognition_ties_films_or_people_of_one_edition_of_an_award() -> None:
    years = {recognition("r4"): 2020, recognition("r5"): 2020, edition("e25"): 2025}
    graph = built(ProjectionSpec(P.CO_RECOGNITION), RECOGNISED, years)
    assert ties(graph) == {("f1", "f2"): 1, ("f4", "f5"): 1}
    assert len(graph.ids) == 6
    people = built(ProjectionSpec(P.CO_RECOGNITION, kinds=(Kind.PERSON,)), RECOGNISED, years)
    assert ties(people) == {("a", "b"): 1, ("d", "e"): 1}
    dated = ProjectionSpec(P.CO_RECOGNITION, years=YearSpan(2025, 2025))
    assert ties(built(dated, RECOGNISED, years)) == {("f1", "f2"): 1}


def test_everything_is_directed_and_collapses_parallel_relationships() -> None:
    rows: list[Row] = [
        credit("a", "f"),
        credit("a", "f", "DIRECTOR"),
        (R.DERIVED_FROM, film("f"), film("g"), None),
        (R.DERIVED_FROM, film("g"), film("f"), None),
        (R.SCREENED_AT, film("f"), edition("e25"), None),
    ]
    graph = built(ProjectionSpec(P.EVERYTHING), columns(rows))
    assert graph.directed
    assert ties(graph) == {("a", "f"): 2, ("f", "g"): 1, ("g", "f"): 1, ("f", "e25"): 1}
    assert ties(graph.undirected) == {("a", "f"): 2, ("f", "g"): 2, ("e25", "f"): 1}
    alike = built(ProjectionSpec(P.EVERYTHING, weight=W.NONE), columns(rows))
    assert set(ties(alike.undirected).values()) == {1.0}
    films = ProjectionSpec(P.EVERYTHING, kinds=(Kind.FILM,))
    assert ties(built(films, columns(rows))) == {("f", "g"): 1, ("g", "f"): 1}
    screened = ProjectionSpec(P.EVERYTHING, relations=(R.SCREENED_AT,))
    assert ties(built(screened, columns(rows))) == {("f", "e25"): 1}
    dated = ProjectionSpec(P.EVERYTHING, years=YearSpan(2025, 2025))
    assert ties(built(dated, columns(rows), {film("f"): 2025, film("g"): 2024})) == {("a", "f"): 2}


def test_equal_definitions_have_equal_hashes() -> None:
    one = ProjectionSpec(roles=(CreditRole.WRITER, CreditRole.CAST, CreditRole.CAST))
    two = ProjectionSpec(roles=(CreditRole.CAST, CreditRole.WRITER))
    assert one.hash == two.hash
    every = tuple(role for role in CreditRole if role is not CreditRole.FEATURED)
    assert ProjectionSpec(roles=every).hash == ProjectionSpec().hash
    others = [
        ProjectionSpec(cited_only=True),
        ProjectionSpec(weight=W.NONE),
        ProjectionSpec(years=YearSpan(2024)),
        ProjectionSpec(film=Match("year", Op.EQ, 2024)),
        ProjectionSpec(film=And((Match("genres", Op.EQ, "drama"),))),
        ProjectionSpec(P.PERSON_FILM),
    ]
    assert len({spec.hash for spec in [ProjectionSpec(), *others]}) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kinds": (Kind.FILM,)}, "COLLABORATION takes no kinds; .* CO_RECOGNITION, EVERYTHING"),
        ({"name": P.CO_PARTICIPATION, "roles": (CreditRole.CAST,)}, "CO_PARTICIPATION takes no roles"),
        ({"name": P.PERSON_FILM, "weight": W.NEWMAN}, "no weight NEWMAN; choose COUNT or NONE"),
        ({"name": P.FESTIVAL_FILM, "relations": (R.SAID,)}, "SCREENED_AT and RECOGNIZED_FOR"),
        ({"name": P.CO_RECOGNITION, "kinds": (Kind.PLACE,)}, "FILM or PERSON"),
        ({"years": YearSpan(2025, 2024)}, "give the earlier one first"),
    ],
)
def test_parts_without_use_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        ProjectionSpec(**arguments)  # type: ignore[arg-type]


def test_networkx_graphs_carry_names() -> None:
    graph = built(ProjectionSpec(), casts(FILMS)).to_networkx({person("a"): "C·one"})
    assert isinstance(graph, nx.Graph)
    assert dict(graph.nodes[person("a")]) == {"name": "C·one", "kind": "PERSON", "slug": "a"}
    assert "name" not in graph.nodes[person("b")]
    assert graph.edges[person("a"), person("b")]["weight"] == 2
    assert list(graph) == sorted(graph)


def test_too_many_ties_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph_api.analytics.build.MAX_TIES", 4)
    with pytest.raises(BadInput, match="up to 5 ties, more than 4"):
        built(ProjectionSpec(), casts(FILMS))


# ---------------------------------------------------------------- real films

HERE = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FILMGRAPH_TEST_DATA", HERE.parent / "shared" / "data")) / "tmdb5000"
real = pytest.mark.skipif(not DATA.is_dir(), reason="no TMDB files: set FILMGRAPH_TEST_DATA")


def _cast(films: frozenset[str] | None = None, first: int = 1_000) -> RelationColumns:
    sources, targets = [], []
    with (DATA / "movie_cast.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (films is None or row["movie_id"] in films) and int(row["cast_order"]) < first:
                sources.append(person(f"p-{row['person_id']}"))
                targets.append(film(f"m-{row['movie_id']}"))
    n = len(sources)
    return RelationColumns([f"{i:020d}" for i in range(n)], [R.CREDITED_ON] * n, sources, targets, ["CAST"] * n)


@real
@pytest.mark.slow
def test_two_million_ties_in_seconds() -> None:
    rows = _cast()
    started = time.process_time()
    graph = built(ProjectionSpec(), rows)
    assert time.process_time() - started < 3
    assert (len(graph), graph.ties) == (54_588, 1_997_843)
    # four people are alone on their films
    assert int((np.diff(graph.matrix.indptr) > 0).sum()) == 54_584
    tracemalloc.start()
    built(ProjectionSpec(weight=W.NEWMAN), rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000_000


@real
@pytest.mark.slow
def test_first_ten_of_the_cast_of_the_films_with_most_votes() -> None:
    with (DATA / "movie.csv").open(encoding="utf-8", newline="") as file:
        votes = sorted(csv.DictReader(file), key=lambda row: -int(row["vote_count"] or 0))
    graph = built(ProjectionSpec(), _cast(frozenset(row["movie_id"] for row in votes[:3_000]), first=10))
    assert (len(graph), graph.ties) == (12_323, 124_744)
