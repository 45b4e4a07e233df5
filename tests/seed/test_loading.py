"""Datasets loaded as one change."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.synthetic import generate
from graph_api.domain.catalogue import Certainty, Kind, NumberBound, Relation
from graph_api.domain.ids import entity_id, source_id
from graph_api.domain.records import Citation, Claim, EntityRow, RelationshipRow, Source
from graph_api.errors import DatasetInvalid
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from seed.loading import load
from tests.seed.folders import CREDITS, FILMS, PEOPLE, PLACES, SOURCES, small, write


async def messages(store: Store, folder: Path) -> list[str]:
    with pytest.raises(DatasetInvalid) as caught:
        await load(store, folder)
    return [str(problem) for problem in caught.value.problems]


async def test_what_is_loaded_is_what_was_written(store: Store, folder: Path) -> None:
    small(
        folder,
        film="slug,name,aliases,external_ids,year,runtime,genres,citations\n"
        "imperia,Imperia,Empire|Imp\\|eria,tmdb:7|wikidata:Q1,2025,36,noir|drama,list#row 1|list#row 5\n",
        credits="from,to,role,job,order,certainty,reason,asserted_by,citations\n"
        "ann,imperia,DIRECTOR,Director,2,INFERRED,the poster,the studio,list#row 1\n",
        claims="subject,property,value,unit,bound,entity,qualifiers,citations\n"
        "film/imperia,budget,40000,EUR,ABOUT,,asOf=2025|place=tokyo|of=first cut,list#row 2\n"
        "person/ann,sameAs,,,,person/ann,,list#row 3\n",
    )
    applied = await load(store, folder)
    assert (applied.revision, applied.changed, applied.created) == (1, True, 7)
    items = list(store.export())
    cited = source_id("list")
    assert Source(cited, "list", "A list", "database") in items
    row: dict[str, str | tuple[str, ...]] = {"year": "2025", "runtime": "36 min", "genres": ("drama", "noir")}
    for place in ("row 1", "row 5"):
        names = (("Empire", "Imp|eria"), (("tmdb", "7"), ("wikidata", "Q1")))
        assert EntityRow(Kind.FILM, "imperia", "Imperia", *names, row, (Citation(cited, place),)) in items
    (credit,) = (item for item in items if isinstance(item, RelationshipRow))
    found = credit.relationship
    assert (found.type, found.source, found.target) == (
        Relation.CREDITED_ON,
        entity_id(Kind.PERSON, "ann"),
        entity_id(Kind.FILM, "imperia"),
    )
    assert found.properties == {"role": "DIRECTOR", "job": "Director", "order": 2}
    assert (found.certainty, found.reason, found.asserted_by) == (Certainty.INFERRED, "the poster", "the studio")
    claims = {item.property: item for item in items if isinstance(item, Claim)}
    budget = claims["budget"]
    assert (budget.value, budget.number, budget.unit, budget.bound) == ("40000", 40000.0, "EUR", NumberBound.ABOUT)
    assert budget.qualifiers == {"asOf": "2025", "place": entity_id(Kind.PLACE, "tokyo"), "of": "first cut"}
    assert budget.citations == (Citation(cited, "row 2"),)
    assert (claims["sameAs"].value, claims["sameAs"].entity) == (None, entity_id(Kind.PERSON, "ann"))


async def test_loading_twice_changes_nothing(store: Store, folder: Path) -> None:
    small(folder)
    first = await load(store, folder)
    before = await store.graph_hash()
    again = await load(store, folder, replace=True)
    assert (again.revision, again.changed) == (first.revision, False)
    assert await store.graph_hash() == before


async def test_the_order_of_rows_does_not_matter(store: Store, other: Store, folder: Path, tmp_path: Path) -> None:
    header, *rows = FILMS.splitlines()
    await load(store, small(folder))
    await load(other, small(tmp_path / "b", film="\n".join([header, *reversed(rows)])))
    assert await store.graph_hash() == await other.graph_hash()


async def test_json_lines_equal_csv(store: Store, other: Store, folder: Path, tmp_path: Path) -> None:
    film = "slug,name,aliases,runtime,year,genres,citations\nx,A \\| B,a\\|b|c,36.50 min,2025,,list#1|list#2\n"
    await load(store, write(folder, {"entities/film.csv": film}))
    record = {"slug": "x", "name": "A \\| B", "aliases": ["a|b", "c"], "runtime": "36.5", "year": 2025, "genres": None}
    lines = json.dumps({**record, "citations": ["list#1", "list#2"]}) + "\n"
    source = '{"slug": "list", "title": "A list", "kind": "database"}'
    await load(
        other,
        write(
            tmp_path / "b", {"entities/film.jsonl": lines, "sources.csv": "slug,title,kind\n", "sources.jsonl": source}
        ),
    )
    assert await store.graph_hash() == await other.graph_hash()


async def test_replace_takes_away_what_the_dataset_no_longer_holds(store: Store, folder: Path) -> None:
    await load(store, small(folder))
    small(folder, film="\n".join(FILMS.splitlines()[:2]) + "\n")
    kept = await load(store, folder)
    assert not kept.changed
    replaced = await load(store, folder, replace=True)
    assert replaced.removed == 1
    assert await store.entities_by_slug(Kind.FILM, ["c-one"]) == [None]


async def test_a_fault_in_a_file_leaves_the_graph_as_it_was(store: Store, folder: Path, tmp_path: Path) -> None:
    await load(store, small(folder))
    before = await store.graph_hash()
    bad = small(tmp_path / "b", film=FILMS + "new,New,20x5,,list#1\n", credits=CREDITS + "ann,new,DIRECTER,list#1\n")
    found = await messages(store, bad)
    assert [line.split(": ")[0] for line in found] == ["entities/film.csv:4:year", "relations/credited_on.csv:3:role"]
    assert await store.graph_hash() == before
    assert await store.revision() == 1
    assert await messages(store, tmp_path / "nowhere") == [
        'dataset.json: missing: every dataset has one, at least {"name": "my-films"}'
    ]


async def test_what_the_graph_must_have_is_told_with_its_line(store: Store, folder: Path) -> None:
    small(folder, credits=CREDITS + "bob,imperia,DIRECTOR,list#row 2\n")
    (found,) = await messages(store, folder)
    assert found.startswith("relations/credited_on.csv:3: ")
    assert "not in the graph" in found
    (found,) = await messages(store, small(folder, credits=CREDITS, person=PEOPLE.replace("list#", "lost#")))
    assert found.startswith("entities/person.csv:2: ")
    assert await store.revision() == 0


async def test_a_dataset_can_add_to_what_the_graph_has(store: Store, folder: Path, tmp_path: Path) -> None:
    await load(store, small(folder))
    addition = tmp_path / "b"
    files: dict[str, str | bytes] = {
        "relations/credited_on.csv": "from,to,role,citations\nann,c-one,WRITER,list#row 2\n"
    }
    write(addition, {**files, "dataset.json": '{"name": "addition"}', "sources.csv": "slug,title,kind\n"})
    assert (await load(store, addition)).created == 1
    # What another dataset brought is not this one's to take away.
    assert (await load(store, addition, replace=True)).removed == 0


async def test_progress_ends_at_the_whole(store: Store, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    await load(store, small(folder), progress=lambda done, whole: told.append((done, whole)))
    size = sum(len(text) for text in (SOURCES, FILMS, PEOPLE, PLACES, CREDITS)) + 1  # one sign has two bytes
    assert told == sorted(told)
    assert told[-1] == (size, size)


_LOADER = """
import asyncio, sys
from pathlib import Path
from graph_api.store.factory import open_store
from seed.loading import load

async def main():
    store = await open_store(sys.argv[1])
    print("open", flush=True)
    await load(store, Path(sys.argv[2]), progress=lambda done, whole: print(done, flush=True))
    await store.close()

asyncio.run(main())
"""


def _killed(command: list[str], lines: int) -> None:
    """Run a load and kill it a moment after it has printed so many lines."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for _ in range(lines):
            process.stdout.readline()
        time.sleep(0.01 * lines)
        process.kill()


@pytest.mark.slow
async def test_a_killed_load_leaves_the_old_graph_or_the_new_one(tmp_path: Path, folder: Path) -> None:
    database = tmp_path / "graph.db"
    generate(folder, films=300)
    command = [sys.executable, "-c", _LOADER, str(database), str(folder)]
    old = await open_store(str(database))
    await load(old, small(tmp_path / "small"))
    before = await old.graph_hash()
    await old.close()
    for lines in (1, 2, 7):
        await asyncio.to_thread(_killed, command, lines)
        store = await open_store(str(database))
        assert (await store.revision(), await store.graph_hash()) == (1, before)
        assert await store.check_integrity() == []
        await store.close()
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    store = await open_store(str(database))
    assert await store.revision() == 2
    assert await store.graph_hash() != before
    await store.close()
