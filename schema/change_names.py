"""What the ids and references of a change set stand for, and the slugs of what it makes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from graph_api.domain.catalogue import Kind
from graph_api.domain.folding import SLUG, slugify
from graph_api.domain.ids import SOURCE, decode, entity_id, source_id
from graph_api.domain.naming import check_name
from graph_api.domain.records import Entity, Source
from graph_api.errors import BadId
from graph_api.store.base import Store
from schema.change_inputs import ChangeSetInput, EntityInput, SourceInput
from schema.change_problems import Noted, Place, Problems, WriteErrorCode, Wrong
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
        self._refs: dict[str, str | None] = {}
        self.new: dict[Place, str] = {}

    def refer(self, ref: str, id_: str | None) -> None:
        """Give something a name inside the change set; the id is None where it has a fault of its own.

        Raises:
            Wrong: the name is given twice.
        """
        if ref in self._refs:
            raise Wrong(f"the ref {ref[:40]!r} is given twice", "ref")
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

    def present(self, text: str) -> str | None:
        """Return the present id of an entity of the graph."""
        found = self._entities.get(text)
        return found.id if found else None

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
        ref = text.removeprefix(_REF)
        if ref not in self._refs:
            raise Wrong(f"nothing in this change set has the ref {ref[:40]!r}", WriteErrorCode.NOT_FOUND)
        found = self._refs[ref]
        if found is None:
            raise Noted
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

    def read_sources(self, inputs: Sequence[SourceInput]) -> None:
        """Give ids to new sources."""
        for index, item in enumerate(inputs):
            self._read(("sources", index), item, item.title, source_id)

    def read_entities(self, inputs: Sequence[EntityInput]) -> None:
        """Give ids to new entities; those that have one may have a ref all the same."""
        for index, item in enumerate(inputs):
            self._read(("entities", index), item, item.name, partial(entity_id, item.kind))

    def _read(self, place: Place, item: SourceInput | EntityInput, name: str, make: Callable[[str], str]) -> None:
        id_: str | None = None
        with self._problems.at(*place):
            if isinstance(item, EntityInput) and given(item.id):
                id_ = self._names.present(str(item.id))
            else:
                id_ = self._take(place, make(self._slug(item.slug, name)), given(item.slug), name)
        if given(item.ref) and item.ref:
            with self._problems.at(*place):
                self._names.refer(item.ref, id_)

    def _slug(self, slug: str | None, name: str) -> str:
        if given(slug) and slug is not None:
            if not SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
                raise Wrong(
                    f"{slug[:40]!r} is not a slug: a-z, 0-9 and single hyphens, at most {_LONGEST_SLUG}", "slug"
                )
            return slug
        try:
            check_name(name.strip())
        except ValueError:  # told of the name itself
            raise Noted from None
        made = slugify(name)
        if len(made) > _LONGEST_SLUG:
            made = made[:_LONGEST_SLUG].rsplit("-", 1)[0]
        if not made:
            raise Wrong("no slug can be made of this name; give one", "slug")
        return made

    def _take(self, place: Place, id_: str, is_given: bool, name: str) -> str:
        if id_ in self._places:
            raise Wrong(f"another of this change set has the slug of {name[:40]!r}; give one of them its own", "slug")
        self._places[id_] = ((place[0], str(place[1])), name, is_given)
        self._names.new[place] = id_
        return id_

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
