"""What the ids and references of a change set stand for, and the slugs of what it makes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph_api.domain.catalogue import Kind
from graph_api.domain.folding import SLUG, slugify
from graph_api.domain.ids import SOURCE, decode, entity_id, source_id
from graph_api.domain.naming import check_name
from graph_api.domain.records import Entity, Source
from graph_api.errors import BadId
from graph_api.store.base import Store
from schema.change_inputs import ChangeSetInput, EntityInput, SourceInput
from schema.change_problems import Problems, WriteErrorCode, Wrong
from schema.filters import given

_REF = "ref:"
_LONGEST_SLUG = 100


class Names:
    """Ids of entities and sources, of the graph and of the change set itself.

    Attributes:
        new: the id of each new entity and source by its place in the input ("entities", 3).
    """

    def __init__(self, entities: Mapping[str, Entity], sources: Mapping[str, Source]) -> None:
        self._entities = entities
        self._sources = sources
        self._refs: dict[str, str] = {}
        self.new: dict[tuple[str, int], str] = {}

    def add(self, place: tuple[str, int], id_: str, ref: str | None) -> None:
        """Take in what the change set makes.

        Raises:
            Wrong: the reference is used twice.
        """
        self.new[place] = id_
        if ref:
            self.refer(ref, id_)

    def refer(self, ref: str, id_: str) -> None:
        """Give something a name inside the change set."""
        if ref in self._refs:
            raise Wrong(f"the ref {ref!r} is given twice")
        self._refs[ref] = id_

    def entity(self, text: str) -> str:
        """Return the id of the entity that an id or "ref:NAME" stands for.

        Raises:
            Wrong: there is none.
        """
        id_ = self._named(text)
        if id_ is None:
            found = self._entities.get(text)
            if found is None:
                raise Wrong("no entity has this id; search finds entities by name", WriteErrorCode.NOT_FOUND)
            return found.id
        if decode(id_).kind is None:
            raise Wrong(f"{text!r} is a source; an entity is wanted here")
        return id_

    def known(self, text: str) -> Entity:
        """Return the entity of the graph with an id.

        Raises:
            Wrong: there is none.
        """
        found = self._entities.get(text)
        if found is None:
            raise Wrong("no entity has this id; leave it out to make a new one", WriteErrorCode.NOT_FOUND)
        return found

    def source(self, text: str) -> str:
        """Return the id of the source that an id or "ref:NAME" stands for.

        Raises:
            Wrong: there is none.
        """
        id_ = self._named(text)
        if id_ is None:
            if text not in self._sources:
                raise Wrong("no source has this id; the field sources lists them", WriteErrorCode.NOT_FOUND)
            return text
        if decode(id_).type != SOURCE:
            raise Wrong(f"{text!r} is an entity; a source is wanted here")
        return id_

    def _named(self, text: str) -> str | None:
        if not text.startswith(_REF):
            return None
        found = self._refs.get(text.removeprefix(_REF))
        if found is None:
            raise Wrong(f"nothing in this change set has the ref {text.removeprefix(_REF)!r}", WriteErrorCode.NOT_FOUND)
        return found


async def read_names(store: Store, wanted: ChangeSetInput, problems: Problems) -> Names:
    """Return the names of a change set: its ids looked up, its new things given ids."""
    sources, entities = list(wanted.sources or ()), list(wanted.entities or ())
    entity_ids, source_ids = _asked(wanted)
    found = {id_: e for id_, e in zip(entity_ids, await store.entities(entity_ids), strict=True) if e}
    cited = {id_: s for id_, s in zip(source_ids, await store.sources(source_ids), strict=True) if s}
    names = Names(found, cited)
    new = _Slugs(names, problems)
    new.read_sources(sources)
    new.read_entities(entities)
    await new.refuse_taken(store)
    return names


def _asked(wanted: ChangeSetInput) -> tuple[list[str], list[str]]:
    """Return all ids of entities, and all of sources, that a change set names; what is no id is left for later."""
    entities: list[str] = []
    sources: list[str] = []
    for text in dict.fromkeys(_texts(wanted)):
        try:
            node = decode(text)
        except BadId:
            continue
        if node.kind:
            entities.append(text)
        elif node.type == SOURCE:
            sources.append(text)
    return entities, sources


def _texts(wanted: ChangeSetInput) -> Iterator[str]:
    facts: list[Any] = [*(wanted.entities or ()), *(wanted.relationships or ()), *(wanted.claims or ())]
    for fact in facts:
        yield from (citation.source for citation in fact.citations)
        for name in ("id", "from_", "to", "subject", "entity"):
            if given(text := getattr(fact, name, None)):
                yield str(text)
        for name in ("properties", "qualifiers"):
            inside = getattr(fact, name, None)
            if isinstance(inside, dict):
                yield from (text for text in inside.values() if isinstance(text, str))


class _Slugs:
    """Slugs for what is new: those given, else made of names; each once, and none that the graph has."""

    def __init__(self, names: Names, problems: Problems) -> None:
        self._names = names
        self._problems = problems
        self._places: dict[str, tuple[tuple[str, ...], str, bool]] = {}

    def read_sources(self, inputs: Iterable[SourceInput]) -> None:
        """Give ids to new sources."""
        for index, item in enumerate(inputs):
            with self._problems.at("sources", index):
                slug = self._slug("sources", index, item.slug, item.title)
                self._take(("sources", index), source_id(slug), item, item.title)

    def read_entities(self, inputs: Iterable[EntityInput]) -> None:
        """Give ids to new entities; those that have one may have a ref all the same."""
        for index, item in enumerate(inputs):
            with self._problems.at("entities", index):
                if given(item.id):
                    if given(item.ref) and item.ref:
                        self._names.refer(item.ref, self._names.known(str(item.id)).id)
                    continue
                slug = self._slug("entities", index, item.slug, item.name)
                self._take(("entities", index), entity_id(item.kind, slug), item, item.name)

    def _slug(self, group: str, index: int, slug: str | None, name: str) -> str:
        if given(slug) and slug is not None:
            if not SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
                raise Wrong(
                    f"{slug[:40]!r} is not a slug: a-z, 0-9 and single hyphens, at most {_LONGEST_SLUG}", "slug"
                )
            return slug
        check_name(name.strip())
        made = slugify(name)
        if len(made) > _LONGEST_SLUG:
            made = made[:_LONGEST_SLUG].rsplit("-", 1)[0]
        if not made:
            raise Wrong("no slug can be made of this name; give one", "slug")
        return made

    def _take(self, place: tuple[str, int], id_: str, item: SourceInput | EntityInput, name: str) -> None:
        if id_ in self._places:
            raise Wrong(f"another of this change set has the slug of {name[:40]!r}; give one of them its own", "slug")
        path = (place[0], str(place[1]))
        self._places[id_] = (path, name, given(item.slug))
        self._names.add(place, id_, item.ref if given(item.ref) else None)

    async def refuse_taken(self, store: Store) -> None:
        """Refuse what would have the slug of something in the graph."""
        groups: dict[Kind | None, list[str]] = {}
        for id_ in self._places:
            groups.setdefault(decode(id_).kind, []).append(id_)
        for kind, ids in groups.items():
            slugs = [decode(id_).key for id_ in ids]
            there: list[Any] = list(await (store.entities_by_slug(kind, slugs) if kind else store.sources(ids)))
            for id_, found in zip(ids, there, strict=True):
                if found is not None:
                    path, name, is_given = self._places[id_]
                    what = "this slug" if is_given else f"the slug of {name[:40]!r}"
                    message = f"{found.id} has {what}: name it by this id, or give the new one another slug"
                    self._problems.add((*path, "slug"), WriteErrorCode.CONFLICT, message)
