"""From what somebody types to an entity: `film/imperia`, a bare slug, a name, an id."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from graph_api.cli.output import Cell
from graph_api.domain.catalogue import Kind
from graph_api.domain.folding import slugify
from graph_api.domain.gone import gone
from graph_api.domain.ids import SOURCE, decode, entity_id, source_id
from graph_api.domain.paging import PageRequest
from graph_api.domain.records import Entity, Source
from graph_api.errors import BadId, BadInput, NotFound
from graph_api.store.base import Store

_KINDS = {kind.value.lower(): kind for kind in Kind}
_SUGGESTED = 3


async def named(store: Store, ids: Sequence[str]) -> dict[str, Entity]:
    """Return entities by the ids asked for; one that the graph no longer has stands by its slug."""
    found = await store.entities(ids)
    return {node: entity or gone(node) for node, entity in zip(ids, found, strict=True)}


def row(node: str, known: Mapping[str, Entity]) -> dict[str, Cell]:
    """Return the cells that tell who or what an entity is."""
    return {"name": known[node].name, "entity": reference(known[node]), "id": node}


def reference(entity: Entity) -> str:
    """Return how the command line names an entity: `film/imperia`."""
    return f"{entity.kind.value.lower()}/{entity.slug}"


async def entity(store: Store, text: str) -> Entity:
    """Return the entity that a text names.

    Raises:
        NotFound: nothing is called so; the message names what is close.
        BadInput: several kinds have it; the message lists them.
    """
    head, slash, slug = text.strip().partition("/")
    kind = _KINDS.get(head.lower().replace("-", "_"))
    if slash and kind is None:
        raise BadInput(f"{head!r} is no kind of entity; write KIND/SLUG with one of {', '.join(_KINDS)}")
    if slash and kind:
        (found,) = await store.entities_by_slug(kind, [slugify(slug)])
        if found is None:
            raise await _unknown(store, text, [kind])
        return found
    by_id = await _by_id(store, text)
    return by_id or await _by_slug(store, text)


async def source(store: Store, text: str) -> Source | None:
    """Return the source that `source/SLUG` or a source's id names; None where the text names none."""
    head, _, slug = text.strip().partition("/")
    wanted = source_id(slug) if slug and head.lower() == "source" else text
    try:
        if decode(wanted).type != SOURCE:
            return None
    except BadId:
        return None
    (found,) = await store.sources([wanted])
    if found is None:
        close = await store.nearest_slugs(None, slug or text)
        raise NotFound(
            f"there is no source {slug or text}; {_nearest([f'source/{name}' for name in close])}", nearest=close
        )
    return found


async def _by_id(store: Store, text: str) -> Entity | None:
    try:
        if decode(text).kind is None:
            raise BadInput("this is the id of no entity; `filmgraph show` takes KIND/SLUG, a slug or an entity's id")
    except BadId:
        return None
    (found,) = await store.entities([text])
    if found is None:
        raise NotFound("nothing has this id in this graph; `filmgraph search TEXT` finds what is there")
    return found


async def _by_slug(store: Store, text: str) -> Entity:
    slug = slugify(text)
    found = [item for item in await store.entities([entity_id(kind, slug) for kind in Kind]) if item] if slug else []
    unique = {item.id: item for item in found}
    if len(unique) > 1:
        names = ", ".join(reference(item) for item in unique.values())
        raise BadInput(f"{text!r} is the slug of several: {names}; write one of them")
    if not unique:
        raise await _unknown(store, text, list(Kind))
    return found[0]


async def _unknown(store: Store, text: str, kinds: Sequence[Kind]) -> NotFound:
    """Return the error that names what is close, by slug and by name."""
    slug = slugify(text.rpartition("/")[2])
    close = {f"{kind.value.lower()}/{near}" for kind in kinds for near in await store.nearest_slugs(kind, slug)}
    if slug:
        hits = await store.search(slug.replace("-", " "), tuple(kinds), PageRequest(size=_SUGGESTED))
        close |= {reference(hit.entity) for hit in hits.items}
    best = sorted(close, key=lambda name: (-SequenceMatcher(None, slug, name.partition("/")[2]).ratio(), name))[
        :_SUGGESTED
    ]
    return NotFound(f"there is no {text.strip()!r}; {_nearest(best)}", nearest=best)


def _nearest(names: Sequence[str]) -> str:
    return f"did you mean {' or '.join(names)}?" if names else "`filmgraph search TEXT` finds what is there"
