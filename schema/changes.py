"""Change sets: from input to an applied change, and what is told of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import strawberry

from graph_api.domain.ids import decode, entity_id
from graph_api.domain.records import Applied, Change, ChangeItem, Claim, Entity, EntityRow, RelationshipRow, Source
from graph_api.errors import Conflict
from schema import enums
from schema.change_inputs import ChangeSetInput
from schema.change_items import GROUPS, to_items
from schema.change_names import read_names
from schema.change_problems import Problem, Problems, WriteErrorCode, Wrong
from schema.change_trial import Trial
from schema.context import Info
from schema.filters import given
from schema.node import Node
from schema.nodes import read_nodes

_ATTEMPTS = 5
_MOST_ITEMS = 1_000

enums.enum(
    WriteErrorCode,
    "WriteErrorCode",
    "Why a change can't be made.",
    NOT_FOUND="It names something that is not there.",
    CONFLICT="It does not go with what the graph holds, or holds by now.",
    INVALID="It can't be said so.",
    FORBIDDEN="It may not be done.",
)


@strawberry.type(description="What is wrong with a change set.")
class WriteError:
    """Stands for `Problem`."""

    path: list[str] = strawberry.field(description='Where in the input: ["claims", "0", "value"].')
    code: WriteErrorCode = strawberry.field(description="What sort of fault it is.")
    message: str = strawberry.field(description="What is wrong, and what would do.")


@strawberry.type(description="What an item of a change set stands for.")
class ChangeSetItem:
    """Stands for `ItemMade`."""

    path: list[str] = strawberry.field(description='Where in the input: ["entities", "0"].')
    ref: str | None = strawberry.field(description="The name that the change set gave it.")
    id: strawberry.ID = strawberry.field(description="Its id in the graph; of a dry run, the one that it would have.")


@strawberry.type(description="What became of a change set: it is applied whole, or not at all.")
class ChangeSetPayload:
    """Stands for `Outcome`."""

    applied: bool = strawberry.field(description="Whether the graph holds it now; a dry run is never applied.")
    revision: str = strawberry.field(description="The graph's revision now.")
    created: list[Node] = strawberry.field(description="What is new; of a dry run, what would be.")
    updated: list[Node] = strawberry.field(description="What differs, whole entities included whose claims changed.")
    removed: list[strawberry.ID] = strawberry.field(description="Ids of what is gone.")
    items: list[ChangeSetItem] = strawberry.field(
        description="The id of each item of the input, in its order; empty where anything stood in its way."
    )
    errors: list[WriteError] = strawberry.field(description="What stood in its way: the first hundred faults.")
    error_count: int = strawberry.field(description="How many faults there are in all.")


class ItemMade(NamedTuple):
    """An item of the input, by its path and its ref, and its id."""

    path: tuple[str, ...]
    ref: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change set."""

    applied: bool
    revision: str
    created: Sequence[Any] = ()
    updated: Sequence[Any] = ()
    removed: Sequence[str] = ()
    items: Sequence[ItemMade] = ()
    errors: Sequence[Problem] = ()
    error_count: int = 0


async def apply_change_set(info: Info, wanted: ChangeSetInput, actor: str) -> Outcome:
    """Apply a change set, and tell what became of it.

    What it names is looked up first, at a revision that the store is then held to; where somebody
    else was quicker it is looked up again.
    """
    problems = Problems()
    for group in (*GROUPS, "remove"):
        size = len(getattr(wanted, group) or ())
        if size > _MOST_ITEMS:
            problems.add((group,), WriteErrorCode.INVALID, f"{size} are too many; {_MOST_ITEMS} go into one change set")
    if problems:
        return await _refused(info, problems)
    for attempt in range(_ATTEMPTS):
        revision = await info.context.store.revision()
        problems = Problems()
        with problems.at("expectedRevision"):
            expected = _revision(wanted.expected_revision)
            if expected is not None and expected != revision:
                raise Wrong(f"the graph is at revision {revision}", WriteErrorCode.CONFLICT)
        try:
            return await _apply_at(info, wanted, actor, revision, problems)
        except Conflict as error:
            if "revision" not in error.details or attempt == _ATTEMPTS - 1:
                problems.add((), WriteErrorCode.CONFLICT, error.message)
                return await _refused(info, problems)
    raise AssertionError


def _revision(text: str | None) -> int | None:
    if not given(text) or text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("a revision is a whole number, as graph { revision } gives it")
    return int(text[:18])


async def _apply_at(info: Info, wanted: ChangeSetInput, actor: str, revision: int, problems: Problems) -> Outcome:
    store = info.context.store
    names = await read_names(store, wanted, problems)
    items = to_items(wanted, names, problems)
    removable = await _check_removable(info, wanted.remove or (), problems)
    trial = Trial(store, items, names.new, wanted.remove or (), removable, actor, revision)
    if problems:
        await trial.find(problems)
        return await _refused(info, problems)
    is_dry = bool(given(wanted.dry_run) and wanted.dry_run)
    applied = await trial.apply(problems, is_dry=is_dry)
    if applied is None:
        await trial.find(problems)
        return await _refused(info, problems)
    made = [
        ItemMade((group, str(index)), _ref(wanted, group, index), _id(item)) for (group, index), item in items.items()
    ]
    return await outcome(info, applied, revision, made, planned=_records(items.values()) if is_dry else None)


def _ref(wanted: ChangeSetInput, group: str, index: int) -> str | None:
    ref = getattr(getattr(wanted, group)[index], "ref", None)
    return ref if given(ref) and ref else None


async def _check_removable(info: Info, remove: Sequence[str], problems: Problems) -> list[str]:
    """Return the ids that can be removed, each once."""
    places: dict[str, int] = {}
    for index, id_ in enumerate(remove):
        places.setdefault(id_, index)
    sound: list[str] = []
    for id_, index in places.items():
        with problems.at("remove", index):
            decode(id_)
            sound.append(id_)
    if not sound:
        return []
    images = dict(zip(sound, await info.context.store.images(sound), strict=True))
    missing = [id_ for id_ in sound if images[id_] is None]
    there = dict(zip(missing, await read_nodes(info, missing), strict=True))
    for id_, index in places.items():
        if id_ not in there:
            continue
        found = there[id_]
        if isinstance(found, Entity):
            message = f"this id was merged; the entity is {found.id} now"
        elif isinstance(found, Claim):
            message = "this claim comes from a row or is a relationship; remove that, or rank the claim DEPRECATED"
        else:
            problems.add(("remove", str(index)), WriteErrorCode.NOT_FOUND, "nothing has this id")
            continue
        problems.add(("remove", str(index)), WriteErrorCode.INVALID, message)
    return [id_ for id_ in sound if id_ not in there]


async def _refused(info: Info, problems: Problems) -> Outcome:
    found = sorted(problems, key=_position)
    return Outcome(False, str(await info.context.store.revision()), errors=found, error_count=problems.total)


def _position(problem: Problem) -> tuple[int, int]:
    """Return what puts problems into the order of the input."""
    group, index = (*problem.path, "", "")[:2]
    return ("expectedRevision", *GROUPS, "remove", group).index(group), int(index) if index.isdecimal() else -1


async def outcome(
    info: Info, applied: Applied, before: int, items: Sequence[ItemMade] = (), planned: Mapping[str, Any] | None = None
) -> Outcome:
    """Return what is told of a change; `planned` are the records that a dry run would make."""
    info.context.forget()
    change = applied.change or Change(applied.revision, "", "", (), (), ())
    updated = await read_nodes(info, list(change.updated))
    if planned is None:
        created = await read_nodes(info, list(change.created))
        return Outcome(True, str(applied.revision), created, updated, change.removed, items)
    info.context.entities.prime_entities(r for r in planned.values() if isinstance(r, Entity))
    info.context.sources.prime((r.id, r) for r in planned.values() if isinstance(r, Source))
    created = [planned[id_] for id_ in change.created if id_ in planned]
    return Outcome(False, str(before), created, [row for row in updated if row], change.removed, items)


def _id(item: ChangeItem) -> str:
    match item:
        case EntityRow():
            return entity_id(item.kind, item.slug)
        case RelationshipRow():
            return item.relationship.id
        case _:
            return item.id


def _records(items: Iterable[ChangeItem]) -> dict[str, Any]:
    """Return what a change set would make, as records by id."""
    found: dict[str, Any] = {}
    for item in items:
        id_ = _id(item)
        match item:
            case EntityRow():
                found[id_] = Entity(id_, item.kind, item.slug, item.name)
            case RelationshipRow():
                found[id_] = item.relationship
            case _:
                found[id_] = item
    return found
