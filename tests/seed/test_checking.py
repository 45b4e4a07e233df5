"""Every kind of fault, with the place and the words its author reads."""

import os
from pathlib import Path

import pytest

from tests.seed.folders import CREDITS, FILMS, PEOPLE, problems, small, write

CLAIM = "subject,property,value,unit,bound,entity,qualifiers,certainty,reason,citations\n"


def test_a_sound_dataset_has_no_problems(tmp_path: Path) -> None:
    assert problems(small(tmp_path)) == []


def test_a_dataset_without_a_head(tmp_path: Path) -> None:
    (tmp_path / "sources.csv").write_text("slug,title,kind\n")
    assert problems(tmp_path) == ['dataset.json: missing: every dataset has one, at least {"name": "my-films"}']
    assert problems(tmp_path / "nowhere") == problems(tmp_path)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("{", "dataset.json:1: not JSON: Expecting property name enclosed in double quotes at character 2"),
        ("[]", 'dataset.json: an object is wanted, as in {"name": "my-films"}'),
        ('{"title": "x"}', "dataset.json:name: missing: the name under which the graph keeps the dataset"),
        ('{"name": "x", "license": "y"}', "dataset.json:license: unknown; did you mean licence?"),
        ('{"name": 1}', "dataset.json:name: a text is wanted"),
        (
            r'{"name": "a\u001b[31m"}',
            "dataset.json:name: a text on one line is wanted, without control characters",
        ),
        (b"\xff\xfe", "dataset.json: not JSON in UTF-8"),
        ("[" * 100_000, "dataset.json: not JSON in UTF-8"),
        (f'{{"name": "{"x" * 101}"}}', "dataset.json:name: a text has at most 100 characters here, not 101"),
    ],
)
def test_heads(tmp_path: Path, head: str | bytes, expected: str) -> None:
    assert problems(small(tmp_path, head=head)) == [expected]


def test_files_that_are_not_known(tmp_path: Path) -> None:
    small(tmp_path)
    write(tmp_path, {"entities/films.csv": FILMS, "README.md": "x", ".DS_Store": "x", "LICENCE": "x"})
    assert problems(tmp_path) == ["entities/films.csv: not a file of a dataset; did you mean entities/film.csv?"]


def test_tables_that_are_no_files_are_not_passed_over(tmp_path: Path) -> None:
    small(tmp_path)
    (tmp_path / "entities/award.csv").mkdir()
    (tmp_path / "entities/event.csv").symlink_to("event.csv")
    (tmp_path / "entities/topic.csv").symlink_to("nowhere")
    os.mkfifo(tmp_path / "claims.jsonl")
    names = ["claims.jsonl", "entities/award.csv", "entities/event.csv", "entities/topic.csv"]
    assert problems(tmp_path) == [f"{name}: not a file that can be read" for name in names]


@pytest.mark.parametrize(
    ("films", "expected"),
    [
        ("slug,name,runtme,citations\n", ["1:runtme: unknown column; did you mean runtime?"]),
        (
            "slug,title,citations\n",
            ["1:title: unknown column: a title goes into the column name", "1:name: this column is missing"],
        ),
        ("slug,name,name,citations\n", ["1:name: this column is there twice"]),
        ("slug,name,,citations\n", ["1: column 3 has no name"]),
        ("slug;name;citations\n", ["1: columns are separated by commas, not by ';'"]),
        ("", ["1: the first line must name the columns, separated by commas"]),
        ("slug,name\nx,X\n", ["1:citations: this column is missing"]),
        ("slug,name,ordinal,citations\n", ["1:ordinal: unknown column"]),
    ],
)
def test_headers(tmp_path: Path, films: str, expected: list[str]) -> None:
    assert problems(write(tmp_path, {"entities/film.csv": films})) == [f"entities/film.csv:{line}" for line in expected]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("a,A,20x5,,,list#1", "year: '20x5' is not a number such as 36 or 6.5"),
        ("a,A,2025.5,,,list#1", "year: '2025.5' is not a whole number without unit"),
        (
            "a,A,99999999999999999999,,,list#1",
            "year: '99999999999999999999' is out of range: numbers go up to 9007199254740992",
        ),
        (
            "a,A,2025|2026,,,list#1",
            "year: one value is wanted: rivals go to claims.csv, and a bar inside a value is written \\|",
        ),
        ("a,A,,2025-02-30,,list#1", "releasedOn: '2025-02-30' is not a day of the calendar"),
        ("a,A,,2025-13,,list#1", "releasedOn: '2025-13' is not a date of the calendar"),
        ("a,A,,26.10.2025,,list#1", "releasedOn: '26.10.2025' is not a date such as 2025, 2025-10 or 2025-10-26"),
        ("a,A,,,released,list#1", "status: 'released' is none of RELEASED, IN_DEVELOPMENT, PLANNED, UNKNOWN"),
        ("A_b,A,,,,list#1", "slug: 'A_b' is not a slug: a-z, 0-9 and single hyphens, as in c-one"),
        (",A,,,,list#1", "slug: this cell can't be empty"),
        ("a, ,,,,list#1", "name: this cell can't be empty"),
        ("a,A,,,,", "citations: a fact without citation: a citation is source#locator, as in my-list#row 4"),
        ("a,A,,,,list", "citations: a citation is source#locator, as in my-list#row 4"),
        ("a,A,,,,lost#1", "citations: no source has the slug 'lost'"),
        (
            "a,A,,,,Some List#1",
            "citations: 'Some List' is not the slug of a source: a citation is source#locator, as in my-list#row 4",
        ),
        ("a,A\\,,,,list#1", "name: a backslash inside a value is written \\\\"),
    ],
)
def test_cells_of_entities(tmp_path: Path, row: str, expected: str) -> None:
    films = f"slug,name,year,releasedOn,status,citations\n{row}\n"
    assert problems(write(tmp_path, {"entities/film.csv": films})) == [f"entities/film.csv:2:{expected}"]


def test_all_problems_of_a_row_are_told(tmp_path: Path) -> None:
    found = problems(small(tmp_path, film=FILMS + "Bad Slug,,x,y,nowhere#1\n"))
    assert [line.split(":")[2] for line in found] == ["name", "slug", "year", "runtime"]


def test_external_ids_and_aliases(tmp_path: Path) -> None:
    people = "slug,name,aliases,external_ids,citations\nann,Ann,Anna||Anne,tmdb,list#1\n"
    assert problems(write(tmp_path, {"entities/person.csv": people})) == [
        "entities/person.csv:2:aliases: an empty value beside a |; a bar inside a value is written \\|"
    ]
    people = "slug,name,external_ids,citations\nann,Ann,tmdb,list#1\n"
    assert problems(write(tmp_path, {"entities/person.csv": people})) == [
        "entities/person.csv:2:external_ids: 'tmdb' is not scheme:value, as in tmdb:603"
    ]


def test_duplicate_slugs(tmp_path: Path) -> None:
    found = problems(
        small(tmp_path, film=FILMS + "imperia,Imperia II,2026,,list#row 9\nimperia,Imperia,,,list#row 1\n")
    )
    message = "slug: another film has the slug 'imperia'; if it is the same, say again=true"
    assert found == [f"entities/film.csv:4:{message}", f"entities/film.csv:5:{message}"]
    sources = "slug,title,kind\nlist,A,x\nlist,B,x\n"
    assert problems(small(tmp_path, film=FILMS, sources=sources)) == [
        "sources.csv:3:slug: another source has the slug 'list'"
    ]


def test_a_former_slug_is_nobody_elses(tmp_path: Path) -> None:
    rows = {
        "a,A,b\nb,B,\n": ["3:slug: 'b' is a former slug of 'a'; give these facts to that one, again=true"],
        "b,B,\na,A,b\n": ["3:former_slugs: 'b' is the slug of another film; merge the two"],
        "a,A,x\nb,B,x\n": ["3:former_slugs: 'x' is a former slug of 'a', another film; merge the two"],
        "a,A,x|a\n": ["2:former_slugs: 'a' is the slug that it has"],
        "a,A,x|y\nb,B,z\n": [],
    }
    for text, expected in rows.items():
        films = "slug,name,former_slugs,citations\n" + text.replace("\n", ",list#1\n")
        found = problems(
            write(tmp_path, {"entities/film.csv": films, "entities/place.csv": "slug,name,citations\nb,B,list#1\n"})
        )
        assert found == [f"entities/film.csv:{line}" for line in expected]


def test_further_rows_say_that_they_are(tmp_path: Path) -> None:
    films = "slug,name,runtime,citations,again\nimperia,Imperia,36,list#1,\nimperia,IMPERIA,38,list#2,true\n"
    assert problems(write(tmp_path, {"entities/film.csv": films})) == []
    films = "slug,name,citations,again\nimperia,Imperia,list#1,true\nx,X,list#1,yes\n"
    assert problems(write(tmp_path, {"entities/film.csv": films})) == [
        "entities/film.csv:2:again: no row before has the slug 'imperia'",
        "entities/film.csv:3:again: 'yes' is neither true nor empty",
    ]


def test_sources(tmp_path: Path) -> None:
    sources = "slug,title,kind,published_on\nlist,A,x,2025-00\nA B,A,x,\nc,,x,\n"
    assert problems(write(tmp_path, {"sources.csv": sources})) == [
        "sources.csv:2:published_on: '2025-00' is not a date of the calendar",
        "sources.csv:3:slug: 'A B' is not a slug: a-z, 0-9 and single hyphens, as in c-one",
        "sources.csv:4:title: this cell can't be empty",
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("bob,imperia,DIRECTOR,,list#1", "from: no person has the slug 'bob'"),
        ("ann,imperium,DIRECTOR,,list#1", "to: no film has the slug 'imperium'"),
        ("film/imperia,imperia,DIRECTOR,,list#1", "from: 'film/imperia' is a film: person is wanted"),
        ("persona/ann,imperia,DIRECTOR,,list#1", "from: 'persona' is not a kind; did you mean person?"),
        ("ann,imperia,,,list#1", "role: this cell can't be empty"),
        ("ann,imperia, ,,list#1", "role: this cell can't be empty"),
        ("ann,imperia,DIRECTER,,list#1", "role: 'DIRECTER' is none of FEATURED, DIRECTOR, WRITER, "),
        ("ann,imperia,CAST,1.5,list#1", "order: '1.5' is not a whole number without unit"),
        ("ann,imperia,DIRECTOR,,", "citations: a fact without citation: "),
        ("ann,imperia,DIRECTOR,,lost#1", "citations: no source has the slug 'lost'"),
        ("Ann Smith,imperia,DIRECTOR,,list#1", "from: 'Ann Smith' is not a slug: a-z, 0-9 and single hyphens"),
    ],
)
def test_cells_of_relations(tmp_path: Path, row: str, expected: str) -> None:
    (found,) = problems(small(tmp_path, credits=f"from,to,role,order,citations\n{row}\n"))
    assert found.startswith(f"relations/credited_on.csv:2:{expected}")


def test_relations_given_twice(tmp_path: Path) -> None:
    again = CREDITS + "ann,imperia,WRITER,list#2\nperson/ann,film/imperia,DIRECTOR,list#3\n"
    assert problems(small(tmp_path, credits=again)) == [
        "relations/credited_on.csv:4: another row says the same; what would tell them apart: role, job, character"
    ]


def test_ends_of_several_kinds_need_theirs(tmp_path: Path) -> None:
    small(tmp_path)
    write(
        tmp_path,
        {
            "relations/from.csv": "from,to,citations\n"
            "ann,tokyo,list#1\nplace/tokyo,tokyo,list#1\nfilm/imperia,tokyo,list#2\n",
        },
    )
    assert problems(tmp_path) == [
        "relations/from.csv:2:from: 'ann' is not a reference such as film/some-slug",
        "relations/from.csv:3:from: 'place/tokyo' is a place: film or organization or person is wanted",
    ]


def test_entities_among_properties_of_relations(tmp_path: Path) -> None:
    small(tmp_path)
    write(
        tmp_path,
        {
            "entities/event.csv": "slug,name,citations\ngala,Gala,list#1\n",
            "relations/screened_at.csv": "from,to,on,venue,citations\nimperia,event/gala,2025,kyoto,list#1\n",
        },
    )
    assert problems(tmp_path) == ["relations/screened_at.csv:2:venue: no place has the slug 'kyoto'"]


def test_ends_before_starts(tmp_path: Path) -> None:
    events = "slug,name,startsOn,endsOn,citations\na,A,2025-10-26,2025-10-25,list#1\nb,B,2025-10-26,2025-10,list#1\n"
    assert problems(write(tmp_path, {"entities/event.csv": events})) == [
        "entities/event.csv:2:endsOn: ends 2025-10-25, before it starts, 2025-10-26"
    ]
    small(tmp_path)
    affiliations = "from,to,role,startsOn,endsOn,citations\nann,place/tokyo,mayor,2025,2024-12,list#1\n"
    assert problems(write(tmp_path, {"relations/affiliated_with.csv": affiliations})) == [
        "entities/event.csv:2:endsOn: ends 2025-10-25, before it starts, 2025-10-26",
        "relations/affiliated_with.csv:2:endsOn: ends 2024-12, before it starts, 2025",
    ]


def test_standing(tmp_path: Path) -> None:
    columns = "from,to,role,rank,certainty,reason,citations\n"
    rows = "ann,imperia,CAST,BEST,,,list#1\nann,imperia,WRITER,,INFERRED,,list#1\n"
    assert problems(small(tmp_path, credits=columns + rows)) == [
        "relations/credited_on.csv:2:rank: 'BEST' is none of PREFERRED, NORMAL, DEPRECATED",
        "relations/credited_on.csv:3:reason: what is INFERRED needs a reason: from what was it?",
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("film/imperia,runtime,,,,,,,,list#1", "value: neither value nor entity: a claim has one of the two"),
        ("film/imperia,runtime,3,,,film/c-one,,,,list#1", "value: both value and entity: a claim has one of the two"),
        (
            "film/imperia,sameAs,c-one,,,,,,,list#1",
            "value: sameAs is of entities: write kind/slug into the column entity",
        ),
        (
            "film/imperia,runtime,,,,film/c-one,,,,list#1",
            "entity: runtime is no entity: write it into the column value",
        ),
        ("film/imperia,sameAs,,,,film/lost,,,,list#1", "entity: no film has the slug 'lost'"),
        ("imperia,runtime,36,,,,,,,list#1", "subject: 'imperia' is not a reference such as award/some-slug"),
        ("film/lost,runtime,36,,,,,,,list#1", "subject: no film has the slug 'lost'"),
        ("film/imperia,runtim,36,,,,,,,list#1", "property: 'runtim' is not a property; did you mean runtime?"),
        ("film/imperia,submissions,36,,,,,,,list#1", "property: a film has no property submissions"),
        ("film/imperia,budget,42000,,,,,,,list#1", "value: an amount of money needs an ISO 4217 code, as in 42000 USD"),
        ("film/imperia,runtime,36 min,h,,,,,,list#1", "value: '36 min' names another unit than h"),
        ("film/imperia,year,2025,min,,,,,,list#1", "unit: year has no unit"),
        ("film/imperia,synopsis,x,,ABOUT,,,,,list#1", "bound: synopsis is no number: it has no bound"),
        ("film/imperia,runtime,36,,NEARLY,,,,,list#1", "bound: 'NEARLY' is none of EXACT, ABOUT, AT_LEAST, AT_MOST"),
        ("film/imperia,runtime,36,,,,as=2025,,,list#1", "qualifiers: 'as' is not a qualifier; did you mean asOf?"),
        ("film/imperia,runtime,36,,,,2025,,,list#1", "qualifiers: '2025' is not name=value, as in asOf=2025"),
        ("film/imperia,runtime,36,,,,asOf=2025-13,,,list#1", "qualifiers: '2025-13' is not a date of the calendar"),
        ("film/imperia,runtime,36,,,,asOf=2025|asOf=2024,,,list#1", "qualifiers: asOf is there twice"),
        ("film/imperia,runtime,36,,,,place=kyoto,,,list#1", "qualifiers: no place has the slug 'kyoto'"),
        (
            "film/imperia,runtime,36,,,,place=film/imperia,,,list#1",
            "qualifiers: 'film/imperia' is a film: place is wanted",
        ),
        ("film/imperia,runtime,36,,,,,INFERRED,,list#1", "reason: what is INFERRED needs a reason: from what was it?"),
        ("film/imperia,runtime,36,,,,,MAYBE,,list#1", "certainty: 'MAYBE' is none of STATED, INFERRED, UNCERTAIN"),
        (
            "film/imperia,runtime,36,,,,,,,",
            "citations: a fact without citation: a citation is source#locator, as in my-list#row 4",
        ),
        ("film/imperia,,36,,,,,,,list#1", "property: this cell can't be empty"),
    ],
)
def test_claims(tmp_path: Path, row: str, expected: str) -> None:
    assert problems(small(tmp_path, claims=f"{CLAIM}{row}\n")) == [f"claims.csv:2:{expected}"]


def test_claims_given_twice(tmp_path: Path) -> None:
    rows = (
        "film/imperia,runtime,38,min,,,,,,list#1\n"
        "film/imperia,runtime,38 min,,ABOUT,,,,,list#2\n"
        "film/imperia,runtime,38,,,,asOf=2025,,,list#2\n"
    )
    assert problems(small(tmp_path, claims=CLAIM + rows)) == [
        "claims.csv:3: another row claims the same: put both citations into one row"
    ]


def test_people_are_not_needed_twice(tmp_path: Path) -> None:
    """A row with a fault still names its entity: what refers to it is not reported too."""
    found = problems(small(tmp_path, person=PEOPLE.replace("list#row 1", "")))
    assert found == [
        "entities/person.csv:2:citations: a fact without citation: a citation is source#locator, as in my-list#row 4"
    ]
