"""Constraints and indexes in Neo4j, made from the catalogue.

Community Edition has uniqueness constraints only; that a node has what it needs is checked in
code. All names begin with `filmgraph_`, so that ours are told from other programs'.
"""

from collections.abc import Iterator
from hashlib import sha256

from graph_api.domain.catalogue import KINDS, PROPERTIES, RELATIONS, Kind, Relation, fields_of

LAYOUT = 1
"""Of the nodes and relationships, kept in the `Graph` node. A higher one is of a newer program."""

_DERIVATION = 1
"""To be raised where code, not the catalogue, changes what is derived: folding, ranking, conflicts."""

PREFIX = "filmgraph_"
NAMES_INDEX = f"{PREFIX}names"

LABELS = {kind: record.type_name for kind, record in KINDS.items()}
TYPES = tuple(relation.value for relation in Relation)
ALL_TYPES = (*TYPES, "MENTIONED_IN", "ABOUT_SUBJECT", "HAS_VALUE", "CITES", "MERGED_INTO")
"""Every type of relationship that is ours."""

ANY_TYPE = "|".join(TYPES)
"""All types of the catalogue, for a pattern; without it a pattern meets mentions and citations too."""

COUNT_TYPES = "RETURN [" + ", ".join(f"COUNT {{ ()-[:{type_}]->() }}" for type_ in TYPES) + "]"
"""How many relationships of each type the database holds, in all generations: read from the counts it keeps."""


def statements() -> Iterator[tuple[str, str]]:
    """Yield each constraint's or index's name and the statement that makes it."""
    yield _unique("id", "(n:FilmGraph)", "n")
    for type_ in TYPES:
        yield _unique(f"{type_.lower()}_id", f"()-[r:{type_}]-()", "r")
    for kind, label in LABELS.items():
        yield _range(f"{label}_name", label, "nameKey")
        if any(p.name == "year" for p in fields_of(kind)):
            yield _range(f"{label}_year", label, "year")
    yield _range("Disputed_name", "Disputed", "nameKey")
    yield _range("Source_title", "Source", "titleKey")
    options = "{indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}}"
    words = f"CREATE FULLTEXT INDEX {NAMES_INDEX} IF NOT EXISTS FOR (n:FilmGraph) ON EACH [n.words]"
    yield NAMES_INDEX, f"{words} OPTIONS {options}"


def _unique(name: str, pattern: str, variable: str) -> tuple[str, str]:
    keys = f"({variable}.generation, {variable}.id)"
    return f"{PREFIX}{name}", f"CREATE CONSTRAINT {PREFIX}{name} IF NOT EXISTS FOR {pattern} REQUIRE {keys} IS UNIQUE"


def _range(name: str, label: str, key: str) -> tuple[str, str]:
    keys = f"(n.generation, n.{key}, n.id)"
    return f"{PREFIX}{name}", f"CREATE RANGE INDEX {PREFIX}{name} IF NOT EXISTS FOR (n:{label}) ON {keys}"


def fingerprint() -> str:
    """Return what tells this catalogue's derived data and indexes from another's."""
    parts = [str(_DERIVATION), *(statement for _, statement in statements())]
    parts += [f"{p.name} {p.type} {sorted(p.kinds)} {p.many} {p.field}" for p in PROPERTIES.values()]
    parts += [f"{KINDS[kind].type_name} {KINDS[kind].name_property}" for kind in Kind]
    parts += [f"{record.type} {[p.name for p in record.properties]}" for record in RELATIONS.values()]
    return sha256("\n".join(parts).encode()).hexdigest()
