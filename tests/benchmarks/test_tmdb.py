"""TMDB's tables as a dataset, on tables small enough to know by heart."""

import csv
from pathlib import Path

import pytest

from benchmarks.synthetic import generate
from benchmarks.tmdb import Converted, Converter
from tests.seed.folders import problems

TABLES = {
    "movie": "movie_id,title,budget,release_date,revenue,runtime,movie_status\n"
    '5,"Bat, man",100,1989-06-23,0,126,Released\n6,"Bat, man",0,1966-07-30,7,0,Rumored\n7,A|B,0,,0,0,Post Production\n',
    "person": "person_id,person_name\n1,Ann Smith\n2,Ann Smith\n3,Bo Lee\n",
    "movie_cast": "movie_id,person_id,character_name,gender_id,cast_order\n"
    "5,1,Robin,1,0\n5,1,Robin,1,7\n5,1,Joker,1,8\n",
    "movie_crew": "movie_id,person_id,department_id,job\n5,1,2,Director\n5,1,2,Director\n6,2,1,Best Boy\n7,3,1,Actor\n",
    "genre": "genre_id,genre_name\n1,Drama\n2,Crime\n",
    "movie_genres": "movie_id,genre_id\n5,1\n5,2\n",
    "keyword": "keyword_id,keyword_name\n1,bat\n",
    "movie_keywords": "movie_id,keyword_id\n5,1\n",
    "language": "language_id,language_code,language_name\n1,ja,日本語\n2,xx,\n",
    "movie_languages": "movie_id,language_id,language_role_id\n5,1,2\n5,2,2\n",
    "production_company": "company_id,company_name\n1,Acme\n",
    "movie_company": "movie_id,company_id\n5,1\n5,1\n",
    "country": "country_id,country_iso_code,country_name\n1,JP,Japan\n",
    "production_country": "movie_id,country_id\n5,1\n",
    "department": "department_id,department_name\n1,Lighting\n2,Directing\n",
}


@pytest.fixture
def converted(tmp_path: Path) -> tuple[Converted, Path]:
    source = tmp_path / "tables"
    source.mkdir()
    for name, text in TABLES.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    return Converter(source, tmp_path / "dataset").run(), tmp_path / "dataset"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_dataset_is_sound_and_its_rows_are_counted(converted: tuple[Converted, Path]) -> None:
    done, folder = converted
    assert problems(folder) == []
    assert done == Converted(films=3, people=3, credit_rows=7, credits=5, repeated=2, companies=1)


def test_films(converted: tuple[Converted, Path]) -> None:
    first, second, third = rows(converted[1], "entities/film")
    assert (first["slug"], first["name"], first["external_ids"]) == ("bat-man-1989", "Bat, man", "tmdb:5")
    assert (first["year"], first["releasedOn"], first["runtime"]) == ("1989", "1989-06-23", "126 min")
    assert (first["genres"], first["keywords"], first["languages"]) == ("Crime|Drama", "bat", "日本語")
    assert (first["budget"], first["revenue"], first["status"]) == ("100 USD", "", "RELEASED")
    assert (second["budget"], second["revenue"], second["runtime"], second["status"]) == ("", "7 USD", "", "PLANNED")
    assert (third["name"], third["year"], third["status"]) == ("A\\|B", "", "IN_DEVELOPMENT")


def test_namesakes_and_credits(converted: tuple[Converted, Path]) -> None:
    assert [row["slug"] for row in rows(converted[1], "entities/person")] == [
        "ann-smith-tmdb-1",
        "ann-smith-tmdb-2",
        "bo-lee",
    ]
    credits_ = rows(converted[1], "relations/credited_on")
    assert [(row["role"], row["job"], row["character"], row["citations"]) for row in credits_] == [
        ("CAST", "", "Robin", "tmdb-5000#cast 1|tmdb-5000#cast 2"),
        ("CAST", "", "Joker", "tmdb-5000#cast 3"),
        ("DIRECTOR", "Director", "", "tmdb-5000#crew 1|tmdb-5000#crew 2"),
        ("CREW", "Best Boy", "", "tmdb-5000#crew 3"),
        ("CAST", "Actor", "", "tmdb-5000#crew 4"),
    ]
    assert rows(converted[1], "relations/produced_by")[0]["from"] == "bat-man-1989"


def test_the_stand_in_is_sound_and_the_same_every_time(tmp_path: Path) -> None:
    generate(tmp_path / "a", films=20, seed=3)
    generate(tmp_path / "b", films=20, seed=3)
    assert problems(tmp_path / "a") == []
    for path in (tmp_path / "a").rglob("*.csv"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
