"""The example queries: files of graph_api/http/examples, a question that starts with a comment each.

The first line is the title, the comments after it explain. An id is opaque, so a file names
the entity that a variable stands for: `# $from = person/marcel-barsotti`.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id

FOLDER = Path(__file__).with_name("examples")
_VARIABLE = re.compile(r"^# \$(\w+) = (\w+)/([a-z0-9-]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One example: its name, title, query and variables."""

    name: str
    title: str
    query: str
    variables: dict[str, str]


def read_example(path: Path) -> Example:
    """Return the example of one file."""
    text = path.read_text(encoding="utf-8").strip()
    title = text.split("\n", 1)[0].removeprefix("#").strip()
    variables = {name: entity_id(Kind(kind.upper()), slug) for name, kind, slug in _VARIABLE.findall(text)}
    return Example(path.stem.partition("-")[2], title, text, variables)


@cache
def examples() -> tuple[Example, ...]:
    """Return all examples, in the order of their files."""
    return tuple(read_example(path) for path in sorted(FOLDER.glob("*.graphql")))
