"""Which changes the audit log keeps images of, and what undoes one."""

from collections.abc import Mapping, Sequence

from graph_api.domain.images import AuditEntry, Image, visible
from graph_api.domain.records import Applied
from graph_api.errors import Conflict, NotFound, NotUndoable

MOST = 10_000
"""Records of a load from which on the log names them without images: they would be the data once more."""


def is_kept(applied: Applied, *, is_load: bool, was_empty: bool) -> bool:
    """Tell whether the log keeps images of a change."""
    size = applied.created + applied.updated + applied.removed
    return applied.changed and not (is_load and (was_empty or size > MOST))


def reversal(
    revision: int, entries: Sequence[AuditEntry], present: Mapping[str, Image], *, is_known: bool
) -> dict[str, Image | None]:
    """Return what has to be put in place to undo a change.

    Args:
        revision: of the change.
        entries: what it did to each record.
        present: how these records lie in the graph now.
        is_known: there is such a change.

    Raises:
        NotFound: there is no such change.
        NotUndoable: the log keeps no images of it.
        Conflict: one of its records has changed since.
    """
    if not is_known:
        raise NotFound(f"there is no revision {revision}; `filmgraph log` lists those there are")
    if not entries:
        raise NotUndoable(
            f"revision {revision} brought too much to be undone; restore a backup, or load anew with --replace"
        )
    for entry in entries:
        if visible(present.get(entry.id)) != visible(entry.after):
            raise Conflict(f"a record of revision {revision} has changed since; undo what came later", id=entry.id)
    return {entry.id: entry.before for entry in entries}
