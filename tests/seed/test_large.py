"""Large datasets: TMDB's tables where they are found, else a stand-in of their shape."""

import csv
import time
import tracemalloc
from pathlib import Path

import pytest

from benchmarks.synthetic import generate
from seed.stream import Dataset
from tests.data import data_folder, large_dataset
from tests.seed.folders import problems


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "dataset"
    print(large_dataset(folder))
    return folder


@pytest.mark.slow
def test_a_large_dataset_is_sound(large: Path) -> None:
    assert problems(large) == []


@pytest.mark.slow
def test_no_row_of_tmdb_is_lost(large: Path) -> None:
    source = data_folder("tmdb5000")
    if source is None:
        pytest.skip("TMDB's files are not there (FILMGRAPH_TEST_DATA)")
    with (large / "relations/credited_on.csv").open(newline="") as file:
        cited = [citation for row in csv.DictReader(file) for citation in row["citations"].split("|")]
    rows = [f"tmdb-5000#cast {n}" for n in range(1, 106_258)] + [f"tmdb-5000#crew {n}" for n in range(1, 129_582)]
    assert sorted(cited) == sorted(rows)
    with (large / "entities/film.csv").open(newline="") as file:
        films = {row["slug"]: row for row in csv.DictReader(file)}
    assert len(films) == 4_803
    avatar = films["avatar"]
    assert (avatar["year"], avatar["runtime"], avatar["revenue"]) == ("2009", "162 min", "2787965087 USD")
    assert avatar["genres"] == "Action|Adventure|Fantasy|Science Fiction"
    # Films that share a name have their years.
    assert {slug for slug, row in films.items() if row["name"] == "Batman"} == {"batman-1966", "batman-1989"}
    with (large / "entities/person.csv").open(newline="") as file:
        people = [row["slug"] for row in csv.DictReader(file)]
    assert len(set(people)) == len(people) == 104_842


def test_memory_does_not_grow_with_the_rows_of_an_entity(tmp_path: Path) -> None:
    """10,000 rows are read in less memory than they take as a file."""
    generate(tmp_path, films=200)
    tracemalloc.start()
    batches = sum(1 for _ in Dataset(tmp_path, lambda _: None, closed=True).batches())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert batches > 7
    assert peak < 8_000_000


@pytest.mark.slow
@pytest.mark.timing
def test_reading_takes_microseconds_a_row(large: Path) -> None:
    dataset = Dataset(large, lambda _: None, closed=True)
    start = time.process_time()
    rows = sum(len(batch) for batch in dataset.batches())
    assert (time.process_time() - start) / rows < 40e-6
