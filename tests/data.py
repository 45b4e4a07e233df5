"""Where tests and benchmarks find real files, and what stands in for them where there are none."""

import os
from functools import lru_cache
from pathlib import Path

from benchmarks.synthetic import generate
from benchmarks.tmdb import Converter

_ROOT = Path(__file__).parent.parent


@lru_cache
def data_folder(name: str) -> Path | None:
    """Return a folder of real files ("tmdb5000", "imdb_tsv_slices"), or None where it is not there.

    FILMGRAPH_TEST_DATA names the folder they lie in; else it is looked for beside the repository.
    """
    given = os.environ.get("FILMGRAPH_TEST_DATA")
    folder = (Path(given) if given else _ROOT.parent / "shared" / "data") / name
    return folder if folder.is_dir() else None


def large_dataset(target: Path, *, films: int = 4_803) -> str:
    """Make a large dataset in the new folder `target` and return what it is.

    Args:
        target: where it is written.
        films: the size of the stand-in, where TMDB's files are not there.
    """
    source = data_folder("tmdb5000")
    if source:
        done = Converter(source, target).run()
        return f"TMDB: {done.films:,} films, {done.people:,} people, {done.credit_rows:,} credits"
    generate(target, films)
    return f"a synthetic stand-in of {films:,} films, since TMDB's files are not there (FILMGRAPH_TEST_DATA)"


def describe() -> str:
    """Return a line that says which data tests run on."""
    return "data: TMDB's files" if data_folder("tmdb5000") else "data: a synthetic stand-in for TMDB's files"
