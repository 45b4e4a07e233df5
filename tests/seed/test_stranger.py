"""A stranger's table of films, converted as docs/dataset-format.md says."""

import re
import subprocess
import sys
from pathlib import Path

from graph_api.domain.catalogue import Kind
from graph_api.store.base import Store
from seed.loading import load
from tests.seed.folders import problems

ROOT = Path(__file__).parents[2]
FILMS = """Title,Year,Director,Minutes
Imperia,2025,Marcel Barsotti,36
C·one,2024,"Ann Smith, Bo Lee",5
The Road,2009,John Hillcoat,111
The Road,2001,Darezhan Omirbayev,85
A | B,2020,Ann Smith,12
Back\\slash,2019,Ann Smith,
"Yes, No",2018,Bo Lee,90.5
L'Été,2017,Łucja Ø,80
グランマレヴィト,2024,Bo Lee,8
Nobody's film,2016,,10
Film 11,2011,Bo Lee,11
Film 12,2012,Bo Lee,12
Film 13,2013,Bo Lee,13
Film 14,2014,Bo Lee,14
Film 15,2015,Bo Lee,15
Film 16,2016,Bo Lee,16
Film 17,2017,Bo Lee,17
Film 18,2018,Bo Lee,18
Film 19,2019,Bo Lee,19
Film 20,2020,Bo Lee,20
"""


def _convert(folder: Path) -> Path:
    """Run the page's own script on the table."""
    (script,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/dataset-format.md").read_text(encoding="utf-8"), re.DOTALL
    )
    (folder / "films.csv").write_text(FILMS, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", script], cwd=folder, check=True, env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    )
    return folder / "my-films"


async def test_a_table_of_films_becomes_a_graph(store: Store, tmp_path: Path) -> None:
    folder = _convert(tmp_path)
    assert problems(folder) == []
    await load(store, folder)
    slugs = ["imperia", "c-one", "the-road-2009", "the-road-2001", "a-b", "back-slash", "yes-no", "l-ete"]
    films = [film for film in await store.entities_by_slug(Kind.FILM, slugs) if film]
    names = ["Imperia", "C·one", "The Road", "The Road", "A | B", "Back\\slash", "Yes, No", "L'Été"]
    assert [film.name for film in films] == names
    assert [film.values.get("runtime") for film in films] == [36.0, 5.0, 111.0, 85.0, 12.0, None, 90.5, 80.0]
    people = await store.entities_by_slug(Kind.PERSON, ["ann-smith", "bo-lee", "lucja-o", "john-hillcoat"])
    assert await store.degrees([person.id for person in people if person]) == [3, 13, 1, 1]


def test_the_tables_of_the_page_are_sound(tmp_path: Path) -> None:
    """The example that is printed as files, copied by hand."""
    page = (ROOT / "docs/dataset-format.md").read_text(encoding="utf-8")
    block = page.split("becomes five files:\n\n")[1].split("\n\n")[0]
    name = ""
    for line in block.splitlines():
        rest = line.strip()
        if line[4] != " ":
            name, _, rest = rest.partition(" ")
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        with (tmp_path / name).open("a") as file:
            file.write(rest.strip() + "\n" * bool(rest))
    assert len(list(tmp_path.rglob("*.*"))) == 5
    assert problems(tmp_path) == []
