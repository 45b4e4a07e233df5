"""Small datasets written by hand, a table given as its lines."""

from pathlib import Path

from seed.checking import check

HEAD = '{"name": "small"}'
SOURCES = "slug,title,kind\nlist,A list,database\n"
FILMS = "slug,name,year,runtime,citations\nimperia,Imperia,2025,36,list#row 1\nc-one,C·one,2024,5 min,list#row 2\n"
PEOPLE = "slug,name,citations\nann,Ann Smith,list#row 1\n"
CREDITS = "from,to,role,citations\nann,imperia,DIRECTOR,list#row 1\n"
PLACES = "slug,name,citations\ntokyo,Tokyo,list#row 3\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files, and what every dataset needs where they lack it."""
    for name, content in ({"dataset.json": HEAD, "sources.csv": SOURCES} | files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def small(folder: Path, **changes: str | bytes) -> Path:
    """Write two films, a person, a credit and a place; `film`, `person`, `credits`, `claims` replace a table."""
    names = {"film": "entities/film.csv", "person": "entities/person.csv", "credits": "relations/credited_on.csv"}
    names |= {"claims": "claims.csv", "sources": "sources.csv", "head": "dataset.json", "place": "entities/place.csv"}
    files: dict[str, str | bytes] = {
        "entities/film.csv": FILMS,
        "entities/person.csv": PEOPLE,
        "entities/place.csv": PLACES,
        "relations/credited_on.csv": CREDITS,
    }
    return write(folder, files | {names.get(name, name): content for name, content in changes.items()})


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in check(folder)]
