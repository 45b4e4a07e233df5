"""What names and texts can't hold, in changes and in datasets, and how that is told."""

from pathlib import Path
from typing import Any

import pytest

from seed.checking import check
from tests.seed.folders import small, write
from tests.store.items import IMPERIA
from tests.writing.conftest import Write
from tests.writing.test_change_sets import CITED, errors

TURNED = "Imperia\u202eaitnuc"
BAD_NAMES = ("", "  ", "two\nlines", TURNED, "a\u2067b", "nul\x00", "bell\x07", "x" * 501, "one\u2028two")


@pytest.mark.parametrize("name", BAD_NAMES)
async def test_names_are_one_line_that_reads_as_it_is_written(write: Write, name: str) -> None:
    film: dict[str, Any] = {"kind": "FILM", "name": name, "citations": CITED}
    for slug in ({}, {"slug": "a-film"}):
        payload = await write(entities=[{**film, **slug}])
        assert errors(payload) == [(payload["errors"][0]["path"] and ".".join(payload["errors"][0]["path"]), "INVALID")]
        assert payload["errors"][0]["path"][:2] == ["entities", "0"]
        assert "name" in payload["errors"][0]["message"]
    if name.strip():
        payload = await write(entities=[{**film, "name": "Fine", "aliases": [name]}])
        assert errors(payload) == [("entities.0.aliases", "INVALID")]
        payload = await write(claims=[{"subject": IMPERIA, "property": "title", "value": name, "citations": CITED}])
        assert [code for _, code in errors(payload)] == ["INVALID"]
    payload = await write(sources=[{"title": name, "kind": "article", "slug": "a-source"}])
    assert errors(payload) == [("sources.0.title", "INVALID")]


async def test_an_empty_name_is_told_so(write: Write) -> None:
    payload = await write(entities=[{"kind": "FILM", "name": " ", "citations": CITED}])
    assert payload["errors"][0]["message"] == "a name can't be empty"


async def test_texts_may_have_lines_and_marks_of_scripts_that_need_them(write: Write) -> None:
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\u200f"
    payload = await write(
        entities=[
            {"kind": "FILM", "slug": "one", "name": persian, "properties": {"synopsis": "one\ntwo"}, "citations": CITED}
        ],
        dryRun=True,
    )
    assert payload["errors"] == []
    payload = await write(
        entities=[{"kind": "FILM", "name": "Two", "properties": {"synopsis": TURNED}, "citations": CITED}]
    )
    assert [code for _, code in errors(payload)] == ["INVALID"]


@pytest.mark.parametrize("name", ["two\nlines", TURNED, "x" * 501])
def test_a_check_of_a_dataset_refuses_the_same(tmp_path: Path, name: str) -> None:
    film = f'slug,name,aliases,citations\none,"{name}",,list#1\ntwo,Two,"{name}",list#2\n'
    folder = small(tmp_path / "data", film=film)
    sources = f'slug,title,kind\nlist,"{name}",article\n'
    write_files(folder, sources)
    found = [str(problem) for problem in check(folder)]
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in found][:3] == ["title", "name", "aliases"]


def write_files(folder: Path, sources: str) -> None:
    write(folder, {"sources.csv": sources})


def test_a_check_refuses_long_slugs_and_circles(tmp_path: Path) -> None:
    places = "slug,name,citations\n" + "".join(f"{name},{name},list#1\n" for name in ("a", "b", "c", "d" * 201))
    within = "from,to,citations\na,b,list#1\nb,c,list#1\nc,a,list#1\na,a,list#1\n"
    folder = small(tmp_path / "data")
    write(folder, {"entities/place.csv": places, "relations/located_in.csv": within})
    found = [str(problem) for problem in check(folder)]
    assert [line.split(": ")[0] for line in found] == [
        "entities/place.csv:5:slug",
        "relations/located_in.csv:4:to",
        "relations/located_in.csv:5:to",
    ]
    assert "closes a circle" in found[1]
    assert "at most 200 characters, and dddd" in found[0]


async def test_addresses_lead_to_the_web(write: Write) -> None:
    payload = await write(
        sources=[{"title": "A page", "kind": "article", "slug": "a-page", "url": "javascript:alert(1)"}]
    )
    assert [code for _, code in errors(payload)] == ["INVALID"]
    website = {"subject": IMPERIA, "property": "website", "value": "javascript:alert(1)", "citations": CITED}
    assert [code for _, code in errors(await write(claims=[website]))] == ["INVALID"]
