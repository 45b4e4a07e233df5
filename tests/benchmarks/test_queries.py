"""What is compared is the same: the comparator has our types for the fields asked, and all give equal answers."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType

from benchmarks.documents import documents
from benchmarks.in_process import Ours
from benchmarks.plain.by_hand import ANSWERS
from benchmarks.plain.schema import make_context
from benchmarks.plain.schema import make_schema as plain_schema
from benchmarks.plain.statements import Tables, connect
from benchmarks.synthetic import generate
from graph_api.store.factory import open_store
from schema.build import make_schema
from seed.loading import load


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    generate(folder / "dataset", 60)

    async def fill() -> None:
        store = await open_store(str(folder / "graph.db"))
        await load(store, folder / "dataset")
        await store.close()

    asyncio.run(fill())
    return folder / "graph.db"


def test_the_comparator_has_our_types_for_each_of_its_fields() -> None:
    ours, theirs = make_schema()._schema, plain_schema()._schema
    checked = 0
    for name, type_ in theirs.type_map.items():
        if not isinstance(type_, GraphQLObjectType) or name.startswith("__"):
            continue
        own = ours.type_map[name]
        assert isinstance(own, GraphQLObjectType)
        for field_name, field in type_.fields.items():
            assert str(own.fields[field_name].type) == str(field.type), f"{name}.{field_name}"
            for argument, taken in field.args.items():
                assert str(own.fields[field_name].args[argument].type) == str(taken.type), f"{name}.{field_name}"
            checked += 1
    assert checked > 20


async def test_all_variants_give_the_same_answers(database: Path) -> None:
    db = connect(database)
    film, person = (
        db.execute("SELECT slug FROM entity WHERE kind = ? ORDER BY degree DESC LIMIT 1", (kind,)).fetchone()[0]
        for kind in ("FILM", "PERSON")
    )
    db.close()
    tables, schema = Tables(database), plain_schema()
    store = await open_store(str(database))
    ours = Ours(store)
    for asked in documents(film, person):
        answer = orjson.loads(await ours.ask(asked))
        plain: Any = await schema.execute(asked.query, dict(asked.variables), context_value=make_context(tables))
        assert not plain.errors
        assert answer == {"data": plain.data}, asked.name
        if asked.is_list:
            assert answer == ANSWERS[asked.name](tables, asked.variables), asked.name
            assert len(str(answer)) > 500, "it is not about nothing"
    await ours.close()
    await store.close()
