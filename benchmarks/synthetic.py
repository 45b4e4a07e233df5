"""A seeded stand-in for a large film database, in the dataset's own format.

    python -m benchmarks synthetic FOLDER [FILMS]

Its shape is TMDB's: about 22 people and 49 credits a film, one company or more, names that
several people bear, and a few people with very many films.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from benchmarks.folder import Cell, write_head, write_table
from graph_api.domain.catalogue import CreditRole
from graph_api.domain.folding import unique_slugs

SOURCE = "synthetic"
PEOPLE_PER_FILM = 22
CREDITS_PER_FILM = 49
_SYLLABLES = tuple(consonant + vowel for consonant in "bdklmnrst" for vowel in "aeio")
_GENRES = ("Action", "Adventure", "Comedy", "Drama", "Fantasy", "Horror", "Romance", "Science Fiction", "Thriller")
_JOBS = (
    (CreditRole.DIRECTOR, "Director", "Directing"),
    (CreditRole.WRITER, "Screenplay", "Writing"),
    (CreditRole.PRODUCER, "Producer", "Production"),
    (CreditRole.EDITOR, "Editor", "Editing"),
    (CreditRole.COMPOSER, "Original Music Composer", "Sound"),
    (CreditRole.CREW, "Casting", "Production"),
)


def generate(
    folder: Path,
    films: int = 4_803,
    seed: int = 1,
    *,
    people_a_film: int = PEOPLE_PER_FILM,
    credits_a_film: int = CREDITS_PER_FILM,
) -> None:
    """Write a dataset of so many films; the same arguments give the same files."""
    random = Random(seed)
    write_head(folder, SOURCE, f"{films} made-up films", "CC0-1.0")
    write_table(folder, "sources", ("slug", "title", "kind"), [(SOURCE, "Made-up films", "generated")])
    titles = _entities(folder, "film", films, random)
    persons = _entities(folder, "person", films * people_a_film, random)
    companies = _entities(folder, "organization", max(1, films), random)
    write_table(
        folder,
        "relations/credited_on",
        ("from", "to", "role", "job", "character", "order", "department", "citations"),
        _credits(titles, persons, credits_a_film, random),
    )
    produced = (
        (film, company, f"{SOURCE}#company {number}")
        for number, film in enumerate(titles, 1)
        for company in sorted({random.choice(companies) for _ in range(3)})
    )
    write_table(folder, "relations/produced_by", ("from", "to", "citations"), produced)


def _name(random: Random) -> str:
    return " ".join("".join(random.choices(_SYLLABLES, k=random.randint(1, 3))).capitalize() for _ in range(2))


def _entities(folder: Path, kind: str, count: int, random: Random) -> list[str]:
    """Write entities with names, films with more; return their slugs."""
    names = [_name(random) for _ in range(count)]
    slugs = unique_slugs((name, None, f"id:{i}") for i, name in enumerate(names, 1))

    def rows() -> Iterator[Sequence[Cell]]:
        for i, (slug, name) in enumerate(zip(slugs, names, strict=True), 1):
            film: tuple[Cell, ...] = ()
            if kind == "film":
                genres = sorted(set(random.choices(_GENRES, k=3)))
                film = (random.randint(1920, 2026), f"{random.randint(60, 180)} min", genres, "RELEASED")
            yield slug, name, f"id:{i}", *film, f"{SOURCE}#{kind} {i}"

    film_columns = ("year", "runtime", "genres", "status") if kind == "film" else ()
    write_table(folder, f"entities/{kind}", ("slug", "name", "external_ids", *film_columns, "citations"), rows())
    return slugs


def _credits(films: Sequence[str], people: Sequence[str], a_film: int, random: Random) -> Iterator[Sequence[Cell]]:
    row = 0
    for film in films:
        seen = set()
        for i in range(a_film):
            # A square makes a few people work much more than most.
            person = people[int(len(people) * random.random() ** 2)]
            role, job, department = _JOBS[i % len(_JOBS)] if i >= a_film // 2 else (CreditRole.CAST, "", "")
            if (person, role, job, i if role is CreditRole.CAST else 0) in seen:
                continue
            seen.add((person, role, job, i if role is CreditRole.CAST else 0))
            row += 1
            character, order = (f"Character {i}", i) if role is CreditRole.CAST else ("", "")
            yield person, film, role.value, job, character, order, department, f"{SOURCE}#credit {row}"
