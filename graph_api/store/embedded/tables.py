"""The embedded store's tables, made from the catalogue.

The facts lie in `source`, `entity`, `mention`, `relationship`, `claim` and the citations; all
else is derived from them and can be made anew: the best values in the columns of `entity`,
`tag` (text values, folded, one row each, for filters and facets), `name` with its full-text
index, `conflict`, `degree`, and the `place` that a credit has among those of its film.

`seen` is the number of the load (`meta`: load, one more with each change that wrote anything) that
last brought a row; with `dataset_key` it tells what a dataset no longer holds. A row that no dataset
brought belongs to the dataset with the empty name.

The graph's revision is the highest of `change`; `audit` holds what a change did to each record, as
images from before and after (`graph_api.domain.images`). `meta` also holds the catalogue's fingerprint, see
`graph_api.store.embedded.upgrade`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from graph_api.domain.catalogue import PROPERTIES, RELATIONS, Kind, Property, ValueType
from graph_api.domain.derive import KIND_PLANS, NAME_PROPERTIES

VERSION = 3
"""Of the layout: `PRAGMA user_version`. A file with a higher one is of a newer program."""

_SQL_TYPES = {ValueType.INTEGER: "INTEGER", ValueType.NUMBER: "REAL", ValueType.BOOLEAN: "INTEGER"}


def _by_column(properties: Iterable[Property]) -> Mapping[str, Property]:
    """Properties by column name, each once, in the catalogue's order."""
    found: dict[str, Property] = {}
    for prop in properties:
        found.setdefault(f"p_{prop.column}", prop)
    return MappingProxyType(found)


ENTITY_COLUMNS = _by_column(p for p in PROPERTIES.values() if p.field and p.name not in NAME_PROPERTIES)
"""Column of `entity` -> field property. Of a property with many values the column holds a JSON array."""

RELATIONSHIP_COLUMNS = _by_column(p for record in RELATIONS.values() for p in record.properties)
"""Column of `relationship` -> property of one or more relations (never of two types)."""

FIELD_COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    kind: tuple(f"p_{prop.column}" for _, prop, _, _ in plan.fields) for kind, plan in KIND_PLANS.items()
}
"""The columns of a kind's fields, in the order of `KindPlan.fields`."""


def _columns(properties: Mapping[str, Property]) -> str:
    return "".join(
        f",\n  {name} {'TEXT' if p.many else _SQL_TYPES.get(p.type, 'TEXT')}" for name, p in properties.items()
    )


TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE dataset (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE source (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
  title_key TEXT NOT NULL, kind TEXT NOT NULL, url TEXT, publisher TEXT, published_on TEXT,
  retrieved_on TEXT, licence TEXT)""",
    """CREATE TABLE source_origin (
  source_key INTEGER NOT NULL REFERENCES source, dataset_key INTEGER NOT NULL REFERENCES dataset, seen INTEGER NOT NULL,
  PRIMARY KEY (source_key, dataset_key)) WITHOUT ROWID""",
    f"""CREATE TABLE entity (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, slug TEXT NOT NULL,
  name TEXT NOT NULL, name_key TEXT NOT NULL, degree INTEGER NOT NULL DEFAULT 0{_columns(ENTITY_COLUMNS)})""",
    """CREATE TABLE mention (
  entity_key INTEGER NOT NULL REFERENCES entity, source_key INTEGER NOT NULL REFERENCES source, locator TEXT NOT NULL,
  dataset_key INTEGER NOT NULL REFERENCES dataset, seen INTEGER NOT NULL, cells TEXT NOT NULL,
  PRIMARY KEY (entity_key, source_key, locator, dataset_key)) WITHOUT ROWID""",
    """CREATE TABLE external_id (
  entity_key INTEGER NOT NULL REFERENCES entity, scheme TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (entity_key, scheme, value)) WITHOUT ROWID""",
    """CREATE TABLE name (
  key INTEGER PRIMARY KEY, entity_key INTEGER NOT NULL REFERENCES entity, text TEXT NOT NULL, words TEXT NOT NULL,
  best INTEGER NOT NULL)""",
    """CREATE TABLE tag (
  entity_key INTEGER NOT NULL REFERENCES entity, property TEXT NOT NULL, value TEXT NOT NULL, value_key TEXT NOT NULL,
  PRIMARY KEY (entity_key, property, value)) WITHOUT ROWID""",
    "CREATE TABLE merged (id TEXT PRIMARY KEY, entity_key INTEGER NOT NULL REFERENCES entity) WITHOUT ROWID",
    f"""CREATE TABLE relationship (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  source_key INTEGER NOT NULL REFERENCES entity, target_key INTEGER NOT NULL REFERENCES entity,
  rank TEXT NOT NULL, certainty TEXT NOT NULL, reason TEXT, asserted_by TEXT{_columns(RELATIONSHIP_COLUMNS)},
  place INTEGER)""",
    """CREATE TABLE relationship_citation (
  relationship_key INTEGER NOT NULL REFERENCES relationship, source_key INTEGER NOT NULL REFERENCES source,
  locator TEXT NOT NULL, dataset_key INTEGER NOT NULL REFERENCES dataset, seen INTEGER NOT NULL,
  PRIMARY KEY (relationship_key, source_key, locator, dataset_key)) WITHOUT ROWID""",
    """CREATE TABLE claim (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, subject_key INTEGER NOT NULL REFERENCES entity,
  property TEXT NOT NULL, value TEXT, number REAL, unit TEXT, entity_key INTEGER REFERENCES entity,
  bound TEXT, qualifiers TEXT NOT NULL,
  rank TEXT NOT NULL, certainty TEXT NOT NULL, reason TEXT, asserted_by TEXT)""",
    """CREATE TABLE claim_citation (
  claim_key INTEGER NOT NULL REFERENCES claim, source_key INTEGER NOT NULL REFERENCES source, locator TEXT NOT NULL,
  dataset_key INTEGER NOT NULL REFERENCES dataset, seen INTEGER NOT NULL,
  PRIMARY KEY (claim_key, source_key, locator, dataset_key)) WITHOUT ROWID""",
    """CREATE TABLE conflict (
  entity_key INTEGER NOT NULL REFERENCES entity, property TEXT NOT NULL,
  PRIMARY KEY (entity_key, property)) WITHOUT ROWID""",
    "CREATE TABLE change (revision INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL)",
    """CREATE TABLE change_part (
  revision INTEGER NOT NULL REFERENCES change, part INTEGER NOT NULL, operation TEXT NOT NULL, ids TEXT NOT NULL,
  PRIMARY KEY (revision, part)) WITHOUT ROWID""",
    """CREATE TABLE audit (
  revision INTEGER NOT NULL REFERENCES change, id TEXT NOT NULL, before TEXT, after TEXT,
  PRIMARY KEY (revision, id)) WITHOUT ROWID""",
    """CREATE VIRTUAL TABLE name_words USING fts5(
  words, content='name', content_rowid='key', detail='none', columnsize=0, tokenize='ascii', prefix='2')""",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(name_words, row)",
)

TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_is_never_{done} BEFORE {event} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, 'the log of changes can only be added to'); END"
    for table in ("change", "change_part", "audit")
    for event, done in (("UPDATE", "rewritten"), ("DELETE", "cut"))
)
"""The log of changes can only be added to, whoever writes to the file."""

_INDEXED = {
    # With what most lists show, so that they need not look at the entities themselves.
    "entity_by_name": "entity (kind, name_key, id, slug, name)",
    "entity_by_year": "entity (kind, p_year, id) WHERE p_year IS NOT NULL",
    "source_by_title": "source (title_key, id)",
    "mention_by_source": "mention (source_key, entity_key)",
    "name_by_entity": "name (entity_key, best)",
    "tag_by_value": "tag (property, value_key, entity_key)",
    "external_id_by_value": "external_id (scheme, value)",
    "relationship_by_source": "relationship (source_key, type, target_key)",
    "relationship_by_target": "relationship (target_key, type, source_key)",
    # The order of a film's credits, of which mostly the first few are read, with what is mostly read of them.
    "relationship_in_order": (
        "relationship (target_key, place, source_key, p_role, p_character, p_order) WHERE place IS NOT NULL"
    ),
    "relationship_citation_by_source": "relationship_citation (source_key)",
    "claim_by_subject": "claim (subject_key, property)",
    "claim_by_entity": "claim (entity_key) WHERE entity_key IS NOT NULL",
    "claim_citation_by_source": "claim_citation (source_key)",
}
INDEXES = MappingProxyType({name: f"CREATE INDEX {name} ON {columns}" for name, columns in _INDEXED.items()})
"""Name of an index -> the statement that makes it."""
