"""Makes dataset folders to try things on.

python -m benchmarks tmdb ../shared/data/tmdb5000 FOLDER
python -m benchmarks synthetic FOLDER [FILMS]
"""

import sys
from pathlib import Path

from benchmarks.synthetic import generate
from benchmarks.tmdb import Converter

match sys.argv[1:]:
    case ["tmdb", source, target]:
        done = Converter(Path(source), Path(target)).run()
        print(f"{done.films:,} films, {done.people:,} people, {done.companies:,} companies")
        print(f"{done.credit_rows:,} credit rows: {done.credits:,} credits, {done.repeated:,} rows repeat another")
    case ["synthetic", target]:
        generate(Path(target))
    case ["synthetic", target, films]:
        generate(Path(target), int(films))
    case _:
        sys.exit((__doc__ or "").strip())
