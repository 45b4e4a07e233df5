"""Files for `neo4j-admin database import full`: read back by hand, and imported by the real program."""

import asyncio
import csv
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graph_api.cli.program import app
from graph_api.domain.catalogue import ClaimRank, Relation
from graph_api.domain.ids import entity_id
from graph_api.domain.records import ChangeItem, Counts, EntityRow, RelationshipRow
from graph_api.store.embedded.store import EmbeddedStore
from graph_api.store.neo4j.bulk import COMMAND, write_import
from graph_api.store.neo4j.schema import ALL_TYPES, LABELS, TYPES
from graph_api.store.neo4j.store import Neo4jStore
from seed.builtin import builtin_folder
from seed.loading import load as load_dataset
from tests.neo4j_server.engines import JavaEngine
from tests.neo4j_server.jars import LTS, Unavailable
from tests.store.items import IMPERIA, MARCEL, claim, film, imperia, load
from tests.store.test_export import rich

_PROPERTY = re.compile(r"[A-Za-z]+:(string|long|double|boolean)(\[\])?")


async def embedded(path: Path) -> EmbeddedStore:
    store = await EmbeddedStore.open(path)
    await load(store, [*imperia(), claim(IMPERIA, "runtime", "40", 'list#a "note",\n2', rank=ClaimRank.PREFERRED)])
    return store


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_the_files_by_hand(tmp_path: Path) -> None:
    store = await embedded(tmp_path / "graph.db")
    folder = tmp_path / "files"
    folder.mkdir()
    write_import(store.export, folder, dataset="d", actor="me", at="2026-01-01T00:00:00.000Z")
    await store.close()

    (row,) = table(folder, "Film")
    assert (row[":ID"], row[":LABEL"], row["id:string"]) == (IMPERIA, "Film\x1fFilmGraph\x1fDisputed", IMPERIA)
    assert (row["title:string"], row["year:long"], row["runtime:double"], row["degree:long"]) == (
        *("Imperia", "2025", "40.0", "1"),
    )
    assert row["genres:string[]"] == "drama\x1fscience fiction"
    assert row["conflicts:string[]"] == "runtime"
    (credit,) = table(folder, "CREDITED_ON")
    assert (credit[":START_ID"], credit[":END_ID"], credit["role:string"]) == (MARCEL, IMPERIA, "DIRECTOR")
    assert (credit["citations:string[]"], credit["generation:long"]) == ("list#row 1", "1")
    (place,) = table(folder, "CITES")
    assert place["locator:string"] == 'a "note",\n2'
    (change,) = table(folder, "Change")
    assert (change["id:string"], change["generation:long"], change["actor:string"]) == ("change-1", "0", "me")
    (told,) = table(folder, "ChangePart")
    assert len(told["ids:string[]"].split("\x1f")) == 5


async def _loaded(path: Path) -> Counts:
    store = await EmbeddedStore.open(path)
    await load_dataset(store, builtin_folder())
    counts = await store.counts()
    await store.close()
    return counts


def test_the_headers_of_the_whole_built_in_graph(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    counts = asyncio.run(_loaded(path))
    folder = tmp_path / "files"
    result = CliRunner().invoke(app, ["export", "--neo4j-admin", str(folder), "--database", str(path)])
    assert result.exit_code == 0, result.output

    words = shlex.split((folder / COMMAND).read_text("utf-8"))
    assert words[:5] == ["neo4j-admin", "database", "import", "full", "neo4j"]
    named = dict(_files(words))
    assert set(named) == set(folder.glob("*.csv"))
    ids: set[str] = set()
    ends: set[str] = set()
    for path_, type_ in named.items():
        with path_.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            header = next(rows)
            assert header[:2] == [":ID", ":LABEL"] if type_ is None else [":START_ID", ":END_ID"]
            assert all(_PROPERTY.fullmatch(name) for name in header[2:]), header
            assert len(set(header)) == len(header)
            for row in rows:
                assert len(row) == len(header)
                if type_ is None:
                    assert row[0] not in ids
                    ids.add(row[0])
                else:
                    ends.update(row[:2])
    assert ends <= ids
    for kind, number in counts.kinds.items():
        assert len(table(folder, LABELS[kind])) == number
    for relation, number in counts.relations.items():
        assert len(table(folder, relation.value)) == number
    assert set(counts.relations) <= set(Relation)

    again = CliRunner().invoke(app, ["export", "--neo4j-admin", str(folder), "--database", str(path)])
    assert again.exit_code != 0
    assert "is not empty" in again.output


def _id(item: ChangeItem) -> str:
    match item:
        case EntityRow():
            return entity_id(item.kind, item.slug)
        case RelationshipRow():
            return item.relationship.id
        case _:
            return item.id


def _files(words: list[str]) -> Iterator[tuple[Path, str | None]]:
    for word in words:
        option, _, rest = word.partition("=")
        if option == "--nodes":
            yield Path(rest), None
        elif option == "--relationships":
            type_, _, path = rest.partition("=")
            assert type_ in (*TYPES, *ALL_TYPES)
            yield Path(path), type_


@pytest.mark.neo4j
@pytest.mark.slow
async def test_the_importer_makes_the_same_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real importer, from the jars of the server, then the real server on what it made."""
    if os.environ.get("FILMGRAPH_TEST_NEO4J") and not os.environ.get("FILMGRAPH_CACHE"):
        pytest.skip("files can't be imported into a given server")
    try:
        engine = JavaEngine(LTS)
    except Unavailable as error:
        pytest.skip(str(error))
    store = await EmbeddedStore.open(tmp_path / "graph.db")
    await load_dataset(store, builtin_folder())
    odd = film("odd", 'A "quoted"; title, with — signs', "wire#1;\n2", genres=("a;b", 'c"d'))
    await load(store, [*rich(), odd], dataset="other")
    folder = tmp_path / "files"
    folder.mkdir()
    write_import(store.export, folder, dataset="d", actor="me", at="2026-01-01T00:00:00.000Z")
    try:
        done = engine.admin(shlex.split((folder / COMMAND).read_text("utf-8"))[1:])
        assert done.returncode == 0, done.stdout + done.stderr
        engine.start()
        monkeypatch.setenv("FILMGRAPH_NEO4J_PASSWORD", engine.address.password)
        imported = await Neo4jStore.open(engine.address.url)
        try:
            assert await imported.revision() == 1
            assert await imported.graph_hash() == await store.graph_hash()
            assert await imported.check_integrity() == []
            assert await imported.counts() == await store.counts()
            told = (await imported.changes(0, 9))[0].created
            assert set(told) == {_id(item) for item in store.export()}
            changed = await load(imported, [film("odd", "Odd", "wire#1;\n2")], dataset="d")
            assert changed[:3] == (2, 0, 1)
        finally:
            await imported.close()
    finally:
        engine.close()
        await store.close()
