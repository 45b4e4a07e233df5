"""The form of files: encodings, quotes, sizes, JSON Lines."""

from pathlib import Path

import pytest

from tests.seed.folders import FILMS, problems, small, write

HEADER = "slug,name,citations\n"


def people(tmp_path: Path, content: str | bytes) -> list[str]:
    found = problems(write(tmp_path, {"entities/person.csv": content}))
    assert all(line.startswith("entities/person.csv:") for line in found)
    return [line.removeprefix("entities/person.csv:") for line in found]


def test_a_byte_order_mark_crlf_and_blank_lines_are_fine(tmp_path: Path) -> None:
    assert people(tmp_path, b"\xef\xbb\xbf" + b'slug,name,citations\r\n\r\nann,Ann,"list#one\r\n1"\r\n') == []


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    content = (
        HEADER.encode() + "ann,Ann,list#1\nbjörk,Bjork,list#1\n".encode() + b"bjork,Bj\xf6rk,list#1\nx y,X,list#1\n"
    )
    assert people(tmp_path, content) == [
        "3:slug: 'björk' is not a slug: a-z, 0-9 and single hyphens, as in c-one",
        "4:name: not UTF-8: byte 9 of the line is 0xF6",
        "5:slug: 'x y' is not a slug: a-z, 0-9 and single hyphens, as in c-one",
    ]


def test_control_characters(tmp_path: Path) -> None:
    assert people(tmp_path, HEADER + "ann,Ann,list#1\nbob,B\0b,list#1\ncy,Cy,list#\x1f1\n") == [
        "3:name: control character U+0000",
        "4:citations: control character U+001F",
    ]
    assert (
        people(tmp_path, "slug,name,citations\rann,Ann,list#1\r")[0]
        == "1: control character U+000D: lines end with LF or CRLF"
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("ann,Ann\n", "2:citations: 2 cells where the header has 3"),
        (
            "ann,Ann,list#1,x\n",
            "2: 4 cells where the header has 3; a comma inside a cell needs double quotes around the cell",
        ),
        ('ann,"Ann,list#1\n', "2:name: the quote that opens this cell is never closed, or the cell is too long"),
        (
            'ok,Ok,"list#1\n2"\nann,Ann,"list#1\n',
            "4:citations: the quote that opens this cell is never closed, or the cell is too long",
        ),
        ('ann,"Ann" Smith,list#1\n', '2:name: a quote inside a quoted cell is written ""'),
        (f"ann,{'A' * 131_073},list#1\n", "2:name: a cell of more than 131072 characters"),
        (f"ann,{'A' * 1_100_000},list#1\n", "2: longer than 1048576 bytes: is this file of another format?"),
    ],
)
def test_rows_that_are_none(tmp_path: Path, rows: str, expected: str) -> None:
    assert people(tmp_path, HEADER + rows) == [expected]


def test_the_reading_goes_on_behind_a_bad_row(tmp_path: Path) -> None:
    rows = 'a,"A" a,list#1\nb,B\n' + f"c,{'C' * 1_100_000},list#1\n" + "d,D,lost#1\n"
    assert [line.split(":")[0] for line in people(tmp_path, HEADER + rows)] == ["2", "3", "4", "5"]


def test_lines_are_where_rows_start(tmp_path: Path) -> None:
    assert people(tmp_path, HEADER + 'ann,Ann,"list#1\n\n2"\nbob,Bob,lost#1\n') == [
        "5:citations: no source has the slug 'lost'"
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"slug": "ann"', "1: not JSON: Expecting ',' delimiter at character 15"),
        ("[]", "1: an object is wanted in every line"),
        ("[" * 100_000, "1: nested too deep"),
        (
            '{"slug": "ann", "name": "Ann"}',
            "1:citations: a fact without citation: a citation is source#locator, as in my-list#row 4",
        ),
    ],
)
def test_json_lines(tmp_path: Path, line: str, expected: str) -> None:
    found = problems(write(tmp_path, {"entities/person.jsonl": f"{line}\n\n"}))
    assert found == [f"entities/person.jsonl:{expected}"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ('"name": "Anna"', "name: given twice"),
        ('"nick": "A"', "nick: unknown column"),
        ('"aliases": {"a": 1}', "aliases: a text, a number or a list of them is wanted, not an object"),
        ('"aliases": [null]', "aliases: a list holds texts and numbers alone"),
        ('"aliases": "A\\u0000"', "aliases: control characters and halves of surrogate pairs are no text"),
        ('"aliases": "A\\ud800"', "aliases: control characters and halves of surrogate pairs are no text"),
    ],
)
def test_values_in_json_lines(tmp_path: Path, part: str, expected: str) -> None:
    line = '{"slug": "ann", "name": "Ann", "citations": "list#1", ' + part + "}"
    found = problems(write(tmp_path, {"entities/person.jsonl": line}))
    assert found == [f"entities/person.jsonl:1:{expected}"]


def test_csv_and_json_lines_of_one_kind_share_their_slugs(tmp_path: Path) -> None:
    small(tmp_path, film=FILMS)
    write(tmp_path, {"entities/film.jsonl": '{"slug": "imperia", "name": "Imperia", "citations": ["list#9"]}\n'})
    assert problems(tmp_path) == [
        "entities/film.jsonl:1:slug: another film has the slug 'imperia'; if it is the same, say again=true"
    ]
