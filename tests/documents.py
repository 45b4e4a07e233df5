"""The fenced blocks of the documentation, and the rules by which a test runs them (docs/development.md)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIABLES = re.compile(r"^# variables: (\{.*\})$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: where it is, its language and text; `answer` is the JSON block straight after a query."""

    place: str
    language: str
    text: str
    answer: str | None = None

    @property
    def commands(self) -> list[str]:
        """The lines of a console block that are typed; one that ends in a backslash goes on."""
        joined = re.sub(r"\\\n\s*", "", self.text)
        return [line[2:].strip() for line in joined.splitlines() if line.startswith("$ ")]

    @property
    def variables(self) -> dict[str, Any]:
        """The variables that a query's comment gives."""
        found = _VARIABLES.search(self.text)
        return dict(json.loads(found[1])) if found else {}


def blocks(path: Path, text: str | None = None) -> Iterator[Block]:
    """Yield the blocks of a document, in order."""
    text = path.read_text(encoding="utf-8") if text is None else text
    found = list(_FENCE.finditer(text))
    for match, following in zip_longest(found, found[1:]):
        is_answer = following and following[1] == "json" and not text[match.end() : following.start()].strip()
        line = text.count("\n", 0, match.start()) + 1
        answer = following[2] if following and is_answer and match[1] == "graphql" else None
        yield Block(f"{path.name}:{line}", match[1], match[2], answer)


def documents() -> list[Path]:
    """Return README.md and the pages of docs/ that are there."""
    return [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if path.is_file()]
