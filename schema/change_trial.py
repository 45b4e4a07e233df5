"""What the store says of a change set: applied, or tried until all that is wrong with it has been found.

A store refuses a change at the first batch that has faults. So that the faults of later batches are told with them,
what is wrong is left out and the rest tried again, never to be kept. Entities and sources are not left out but stood
in for, since a fact about something that can't be made is not wrong itself.
"""

from collections.abc import Mapping, Sequence

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import decode, source_id
from graph_api.domain.problems import ItemProblem
from graph_api.domain.records import Applied, ChangeItem, Citation, EntityRow, Source
from graph_api.errors import Conflict, DatasetInvalid
from graph_api.store.base import Store
from schema.change_items import GROUPS
from schema.change_problems import Place, Problems, WriteErrorCode

_SLUG = "stands-in-for-a-source-with-faults"
_SOURCE = Source(source_id(_SLUG), _SLUG, _SLUG, "article")


class Trial:
    """A change set before a store.

    Args:
        store: holds the graph.
        items: those without faults, by their places.
        new: the ids of new entities and sources, those with faults too.
        remove: ids to remove, as the input has them.
        removable: those of them that can be.
        actor: who makes the change.
        revision: the revision that it is made for.
    """

    def __init__(
        self,
        store: Store,
        items: Mapping[Place, ChangeItem],
        new: Mapping[Place, str],
        remove: Sequence[str],
        removable: Sequence[str],
        actor: str,
        revision: int,
    ) -> None:
        self._store = store
        self._items = dict(items)
        self._new = new
        self._asked = remove
        self._remove = list(removable)
        self._actor = actor
        self._revision = revision

    async def apply(self, problems: Problems, *, is_dry: bool) -> Applied | None:
        """Apply the change; None where something is wrong, which is added to the problems.

        Raises:
            Conflict: the graph is at another revision.
        """
        stand_ins = {place: _stand_in(id_) for place, id_ in self._new.items() if place not in self._items}
        places = [[place for place in self._items if place[0] == group] for group in GROUPS]
        batches = [[self._items[place] for place in group] for group in places]
        if stand_ins:
            batches.insert(0, [_SOURCE, *stand_ins.values()])
            places.insert(0, [])
        try:
            return await self._store.apply(
                batches, actor=self._actor, remove=self._remove, expected=self._revision, dry_run=is_dry
            )
        except DatasetInvalid as error:
            for found in error.problems:
                assert isinstance(found, ItemProblem)
                for group, index in places[found.batch][found.index : found.index + 1]:
                    problems.add((group, str(index)), WriteErrorCode.INVALID, found.message)
                    self._items.pop((group, index), None)
        except Conflict as error:
            cited = error.details.get("sources")
            if not isinstance(cited, list):
                raise
            for slug in cited:
                place = ("remove", str(self._asked.index(source_id(slug))))
                problems.add(place, WriteErrorCode.CONFLICT, f"the source {slug!r} is still cited")
                self._remove.remove(source_id(slug))
        return None

    async def find(self, problems: Problems) -> None:
        """Add all that is wrong to the problems; nothing is kept.

        Raises:
            Conflict: the graph is at another revision.
        """
        for _ in range(len(GROUPS) + 1):
            if await self.apply(problems, is_dry=True) is not None:
                return


def _stand_in(id_: str) -> Source | EntityRow:
    node = decode(id_)
    kind: Kind | None = node.kind
    if kind is None:
        return Source(id_, node.key, node.key, "article")
    return EntityRow(kind, node.key, node.key, citations=(Citation(_SOURCE.id, _SLUG),))
