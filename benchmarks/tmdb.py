"""TMDB's 5,000 films as relational CSV, converted to a dataset folder.

    python -m benchmarks tmdb ../shared/data/tmdb5000 FOLDER

Every row of the cast and crew tables is cited by its table and row number (the header not
counted). Rows that say the same of the same person and film become one relationship with a
citation for each; how many there were is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.folder import Cell, read_table, write_head, write_table
from graph_api.domain.catalogue import CreditRole, FilmStatus
from graph_api.domain.folding import unique_slugs

SOURCE = "tmdb-5000"
ROLES: Mapping[str, CreditRole] = {
    job: role
    for role, jobs in {
        CreditRole.DIRECTOR: "Director|Co-Director",
        CreditRole.WRITER: "Screenplay|Writer|Story|Author|Novel|Original Story|Adaptation|Characters|Dialogue|"
        "Co-Writer|Scenario Writer|Teleplay|Short Story|Theatre Play|Book|Comic Book|Screenstory|Idea|Graphic Novelist|"
        "Musical|Opera",
        CreditRole.PRODUCER: "Producer|Executive Producer|Co-Producer|Associate Producer|Co-Executive Producer|"
        "Line Producer|Produced by|Coproducer",
        CreditRole.COMPOSER: "Original Music Composer|Music|Composer|Additional Music|Main Title Theme Composer",
        CreditRole.CAST: "Actor|Voice|Cameo|Narrator",
        CreditRole.EDITOR: "Editor|Co-Editor|Supervising Film Editor|Additional Editing",
        CreditRole.CINEMATOGRAPHER: "Director of Photography|Cinematography",
        CreditRole.ANIMATOR: "Animation|Animation Director|Supervising Animator|Lead Animator|Character Animation",
        CreditRole.ART_DIRECTOR: "Art Direction|Production Design|Supervising Art Director",
        CreditRole.SOUND: "Sound|Sound Designer|Sound Editor|Sound Mixer|Sound Effects Editor|Sound Re-Recording Mixer|"
        "Supervising Sound Editor|Sound Director|Sound Engineer|Sound Recordist|Sound Effects",
        CreditRole.CREATOR: "Creator",
    }.items()
    for job in jobs.split("|")
}
_STATUS = {
    "Released": FilmStatus.RELEASED,
    "Post Production": FilmStatus.IN_DEVELOPMENT,
    "In Production": FilmStatus.IN_DEVELOPMENT,
    "Planned": FilmStatus.PLANNED,
    "Rumored": FilmStatus.PLANNED,
}
_CREDIT_COLUMNS = ("from", "to", "role", "job", "character", "order", "department", "citations")
_Key: TypeAlias = tuple[str, str, str, str, str]
_Credit: TypeAlias = tuple[_Key, str, str, str]


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written; `repeated` credit rows said what another had said, and are cited by it."""

    films: int
    people: int
    credit_rows: int
    credits: int
    repeated: int
    companies: int


class Converter:
    """One conversion from a folder of tables to a dataset folder."""

    def __init__(self, source: Path, target: Path) -> None:
        self._source = source
        self._target = target

    def run(self) -> Converted:
        write_head(self._target, SOURCE, "TMDB 5000 films", "TMDB terms of use")
        columns = ("slug", "title", "kind", "publisher", "url")
        source = (SOURCE, "TMDB 5000 Movie Dataset", "database", "The Movie Database", "https://www.themoviedb.org")
        write_table(self._target, "sources", columns, [source])
        films = self._films()
        people = self._named("person", "person", "person_id", "person_name")
        companies = self._named("production_company", "organization", "company_id", "company_name")
        self._countries(films)
        self._pairs("movie_company", "produced_by", "company_id", films, companies)
        rows, written = self._credits(films, people)
        return Converted(len(films), len(people), rows, written, rows - written, len(companies))

    def _table(self, name: str) -> Iterator[Mapping[str, str]]:
        yield from read_table(self._source / f"{name}.csv")

    def _words(self, table: str, key: str, names: str, name_key: str, name: str) -> dict[str, list[str]]:
        """Return for each film the names that a table of pairs gives it."""
        by_id = {row[name_key]: row[name].strip() for row in self._table(names)}
        found: dict[str, list[str]] = {}
        for row in self._table(table):
            if word := by_id[row[key]]:
                found.setdefault(row["movie_id"], []).append(word)
        return found

    def _films(self) -> dict[str, str]:
        """Write the films; return their slugs by TMDB id."""
        genres = self._words("movie_genres", "genre_id", "genre", "genre_id", "genre_name")
        keywords = self._words("movie_keywords", "keyword_id", "keyword", "keyword_id", "keyword_name")
        spoken = self._words("movie_languages", "language_id", "language", "language_id", "language_name")
        entries = [(r["title"], r["release_date"][:4] or None, f"tmdb:{r['movie_id']}") for r in self._table("movie")]
        slugs = unique_slugs(entries)
        ids = [external for _, _, external in entries]

        def rows() -> Iterator[Sequence[Cell]]:
            for slug, external, row in zip(slugs, ids, self._table("movie"), strict=True):
                film = row["movie_id"]
                yield (
                    slug,
                    row["title"],
                    external,
                    _STATUS.get(row["movie_status"], FilmStatus.UNKNOWN),
                    row["release_date"][:4],
                    row["release_date"],
                    _positive(row["runtime"], "min"),
                    sorted(set(genres.get(film, ()))),
                    sorted(set(keywords.get(film, ()))),
                    sorted(set(spoken.get(film, ()))),
                    _positive(row["budget"], "USD"),
                    _positive(row["revenue"], "USD"),
                    f"{SOURCE}#movie {film}",
                )

        columns = (
            "slug",
            "name",
            "external_ids",
            "status",
            "year",
            "releasedOn",
            "runtime",
            "genres",
            "keywords",
            "languages",
        )
        write_table(self._target, "entities/film", (*columns, "budget", "revenue", "citations"), rows())
        return {external.removeprefix("tmdb:"): slug for external, slug in zip(ids, slugs, strict=True)}

    def _named(self, table: str, kind: str, key: str, name: str) -> dict[str, str]:
        """Write entities that are but names; return their slugs by TMDB id."""
        ids = [row[key] for row in self._table(table)]
        slugs = unique_slugs((row[name], None, f"tmdb:{row[key]}") for row in self._table(table))
        rows = (
            (slug, row[name].strip(), f"tmdb:{row[key]}", f"{SOURCE}#{table} {row[key]}")
            for slug, row in zip(slugs, self._table(table), strict=True)
        )
        write_table(self._target, f"entities/{kind}", ("slug", "name", "external_ids", "citations"), rows)
        return dict(zip(ids, slugs, strict=True))

    def _countries(self, films: Mapping[str, str]) -> None:
        countries = list(self._table("country"))
        slugs = unique_slugs((row["country_name"], None, row["country_iso_code"]) for row in countries)
        by_id = {row["country_id"]: slug for row, slug in zip(countries, slugs, strict=True)}
        rows = (
            (slug, row["country_name"], "country", row["country_iso_code"], f"{SOURCE}#country {row['country_id']}")
            for row, slug in zip(countries, slugs, strict=True)
        )
        write_table(self._target, "entities/place", ("slug", "name", "placeKind", "countryCode", "citations"), rows)
        self._pairs("production_country", "from", "country_id", films, by_id, ("basis", "production"))

    def _pairs(
        self,
        table: str,
        relation: str,
        key: str,
        films: Mapping[str, str],
        others: Mapping[str, str],
        extra: tuple[str, str] | None = None,
    ) -> None:
        """Write a table of pairs as a relation of films, each pair once."""
        pairs: dict[tuple[str, str], int] = {}
        for number, row in enumerate(self._table(table), 1):
            pairs.setdefault((row["movie_id"], row[key]), number)
        # Where any kind of entity can have the relation, the film's is named.
        head = "film/" if relation == "from" else ""
        rows = (
            (head + films[film], others[other], *(extra[1:] if extra else ()), f"{SOURCE}#{table} row {number}")
            for (film, other), number in pairs.items()
        )
        write_table(
            self._target, f"relations/{relation}", ("from", "to", *(extra[:1] if extra else ()), "citations"), rows
        )

    # ------------------------------------------------------------------ credits
    def _credit_rows(self) -> Iterator[_Credit]:
        """Yield (what tells a credit apart), order, department and citation of every cast and crew row."""
        departments = {row["department_id"]: row["department_name"] for row in self._table("department")}
        for number, row in enumerate(self._table("movie_cast"), 1):
            key = (row["person_id"], row["movie_id"], CreditRole.CAST.value, "", row["character_name"].strip())
            yield key, row["cast_order"], "", f"{SOURCE}#cast {number}"
        for number, row in enumerate(self._table("movie_crew"), 1):
            job = row["job"].strip()
            key = (row["person_id"], row["movie_id"], ROLES.get(job, CreditRole.CREW).value, job, "")
            yield key, "", departments[row["department_id"]], f"{SOURCE}#crew {number}"

    def _credits(self, films: Mapping[str, str], people: Mapping[str, str]) -> tuple[int, int]:
        """Write the credits; return how many rows there were, and how many credits they make."""
        rows, seen, repeated = 0, set[_Key](), dict[_Key, list[str]]()
        for key, _, _, citation in self._credit_rows():
            rows += 1
            if key in seen:
                repeated.setdefault(key, []).append(citation)
            seen.add(key)

        def once() -> Iterator[Sequence[Cell]]:
            for key, order, department, citation in self._credit_rows():
                if key in seen:
                    seen.remove(key)
                    person, film, role, job, character = key
                    cited = [citation, *repeated.get(key, ())]
                    yield people[person], films[film], role, job, character, order, department, cited

        return rows, write_table(self._target, "relations/credited_on", _CREDIT_COLUMNS, once())


def _positive(number: str, unit: str) -> str:
    """Return a number with its unit; TMDB writes 0 for what it does not know."""
    return f"{number} {unit}" if number and float(number) > 0 else ""
