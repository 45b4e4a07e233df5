"""TMDB's casts as relationship columns, and the two collaboration graphs that analyses are measured on."""

from pathlib import Path

from benchmarks.folder import read_table
from graph_api.analytics.spec import ProjectionSpec
from graph_api.domain import ids
from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.records import RelationColumns

CAST = ProjectionSpec(roles=(CreditRole.CAST,))


def part(folder: Path) -> RelationColumns:
    """The first ten of the cast of the 3,000 films with most votes: 12,323 people, 124,744 ties."""
    votes = {row["movie_id"]: int(row["vote_count"]) for row in read_table(folder / "movie.csv")}
    films = set(sorted(votes, key=lambda film: -votes[film])[:3_000])
    return _columns(folder, films, 10)


def whole(folder: Path) -> RelationColumns:
    """All casts: 54,588 people, of whom 54,584 share a film, and 1,997,843 ties."""
    return _columns(folder, None, None)


def _columns(folder: Path, films: set[str] | None, first: int | None) -> RelationColumns:
    pairs = [
        (row["person_id"], row["movie_id"])
        for row in read_table(folder / "movie_cast.csv")
        if (films is None or row["movie_id"] in films) and (first is None or int(row["cast_order"]) < first)
    ]
    return RelationColumns(
        [ids.relationship_id(Relation.CREDITED_ON, person, film, []) for person, film in pairs],
        [Relation.CREDITED_ON] * len(pairs),
        [ids.entity_id(Kind.PERSON, person) for person, _ in pairs],
        [ids.entity_id(Kind.FILM, film) for _, film in pairs],
        [CreditRole.CAST] * len(pairs),
    )
