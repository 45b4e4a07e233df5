"""Merges and undos, as what a change does besides its items."""

from graph_api.domain.images import EntityImage
from graph_api.domain.merging import check_mergeable, merged, name_claim, renamed
from graph_api.store.neo4j import audit
from graph_api.store.neo4j.images import images, referring
from graph_api.store.neo4j.put import put
from graph_api.store.neo4j.session import Session
from graph_api.store.neo4j.shapes import name_of
from graph_api.store.neo4j.writer import Edit

_NAME = f"MATCH (n:FilmGraph {{generation: $g, id: $id}}) RETURN {name_of('n')}"


def merging(keep: str, gone: str) -> Edit:
    """Return what makes two entities one; see `graph_api.store.base.Store.merge`."""

    def edit(s: Session) -> None:
        s.entities.load((keep, gone))
        stays, goes = (s.entities.merged.get(id_, id_) for id_ in (keep, gone))
        both = images(s.work, (stays, goes))
        named = images(s.work, referring(s.work, goes))
        one, other = (image if isinstance(image, EntityImage) else None for image in map(both.get, (stays, goes)))
        check_mergeable(one, other, named.values())
        assert one is not None
        assert other is not None
        moved = {id_: renamed(image, {goes: stays}) for id_, image in named.items()}
        name = name_claim(one, str(s.work.read(_NAME, id=stays)[0][0]))
        present = images(s.work, [name.id, *(image.id for image in moved.values())])
        put(s, merged(one, other, moved, present, name))

    return edit


def undoing(revision: int) -> Edit:
    """Return what puts back what a change touched; see `graph_api.store.base.Store.undo`."""
    return lambda s: put(s, audit.reversal(s.work, revision))
