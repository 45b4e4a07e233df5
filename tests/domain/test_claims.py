from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.catalogue import PROPERTIES, ClaimRank, Kind
from graph_api.domain.claims import aliases, best_first, by_property, field_value, in_conflict, united_claims
from graph_api.domain.ids import claim_id, entity_id, source_id
from graph_api.domain.records import Citation, Claim, Mention

FILM = entity_id(Kind.FILM, "imperia")
OLD, NEW, NONE = source_id("old"), source_id("new"), source_id("undated")
PUBLISHED = {OLD: "2024", NEW: "2025-10-07", NONE: None}


def claim(
    value: str,
    *sources: str,
    rank: ClaimRank = ClaimRank.NORMAL,
    prop: str = "runtime",
    qualifiers: Mapping[str, str] | None = None,
) -> Claim:
    return Claim(
        claim_id(FILM, prop, value, None, None, qualifiers or {}),
        FILM,
        prop,
        value,
        qualifiers=qualifiers or {},
        rank=rank,
        citations=tuple(Citation(source, "paragraph 1") for source in sources),
    )


def values(claims: list[Claim]) -> list[str | None]:
    return [c.value for c in best_first(claims, PUBLISHED)]


def test_rank_then_citations_then_date() -> None:
    assert values([claim("1", OLD, NEW), claim("2", OLD, rank=ClaimRank.PREFERRED)]) == ["2", "1"]
    assert values([claim("1", NEW), claim("2", OLD, NONE)]) == ["2", "1"]
    assert values([claim("1", OLD), claim("2", NEW), claim("3", NONE)]) == ["2", "1", "3"]
    assert values([claim("1", OLD, NEW, rank=ClaimRank.DEPRECATED), claim("2", OLD)]) == ["2", "1"]


@given(st.permutations([claim("35", NEW), claim("36", NEW), claim("36.5", NEW), claim("34", OLD)]))
def test_the_best_never_depends_on_order(claims: list[Claim]) -> None:
    assert values(claims) == values(sorted(claims, key=lambda c: c.id))


def test_the_field_shows_the_best_live_claim() -> None:
    runtime = PROPERTIES["runtime"]
    assert field_value(runtime, best_first([claim("36", NEW), claim("35", OLD)], PUBLISHED)) == 36.0
    assert field_value(runtime, [claim("36", NEW, rank=ClaimRank.DEPRECATED)]) is None
    many = [claim("drama", OLD, prop="genres"), claim("comedy", NEW, prop="genres")]
    assert field_value(PROPERTIES["genres"], many) == ("comedy", "drama")


def test_conflicts() -> None:
    runtime, year = PROPERTIES["runtime"], {"asOf": "2024"}
    assert in_conflict(runtime, Kind.FILM, [claim("36", NEW), claim("35", NEW)])
    assert not in_conflict(runtime, Kind.FILM, [claim("36", NEW), claim("36", OLD)])
    assert not in_conflict(runtime, Kind.FILM, [claim("36", NEW), claim("35", NEW, qualifiers=year)])
    assert in_conflict(runtime, Kind.FILM, [claim("36", NEW, qualifiers=year), claim("35", NEW, qualifiers=year)])
    assert not in_conflict(runtime, Kind.FILM, [claim("36", NEW), claim("35", NEW, rank=ClaimRank.DEPRECATED)])
    assert not in_conflict(PROPERTIES["genres"], Kind.FILM, [claim("a", prop="genres"), claim("b", prop="genres")])
    assert not in_conflict(PROPERTIES["title"], Kind.FILM, [claim("a", prop="title"), claim("b", prop="title")])


def test_a_less_precise_date_is_no_conflict() -> None:
    released = PROPERTIES["releasedOn"]
    same = [claim(d, prop="releasedOn") for d in ("2025", "2025-10", "2025-10-26")]
    assert not in_conflict(released, Kind.FILM, same)
    assert in_conflict(released, Kind.FILM, [*same, claim("2024", prop="releasedOn")])
    assert in_conflict(released, Kind.FILM, [*same, claim("2025-11", prop="releasedOn")])


def test_rows_make_claims_that_unite_with_stored_ones() -> None:
    rows = [
        Mention(Citation(OLD, "row 1"), {"title": "Imperia", "runtime": "36"}),
        Mention(Citation(NEW, "row 9"), {"title": "Imperial", "runtime": "36", "genres": ("drama", "war")}),
    ]
    stored = Claim(
        claim_id(FILM, "runtime", "36", "min", None, {}),
        FILM,
        "runtime",
        "36",
        36.0,
        "min",
        citations=(Citation(NONE, "p. 2"),),
    )
    found = by_property(united_claims(FILM, Kind.FILM, rows, [stored]))
    assert [len(found[name]) for name in ("genres", "runtime", "title")] == [2, 1, 2]
    assert {c.source for c in found["runtime"][0].citations} == {OLD, NEW, NONE}
    assert found["runtime"][0].unit == "min"


def test_other_names_are_aliases() -> None:
    assert aliases("Imperia", ["IMPERIA"], [claim("Imperial", prop="title"), claim("Imperia", prop="title")]) == (
        "IMPERIA",
        "Imperial",
    )
