"""Running a plan: each field is resolved once for a whole column of parents."""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from graphql.execution import Executor
from graphql.pyutils import Path
from typing_extensions import override

from graph_api.batching.columns import Column, Joined, part_of
from graph_api.batching.completing import Completion
from graph_api.batching.later import Later, Maybe, joined
from graph_api.batching.plan import FieldPlan, How, SelectionPlan
from graph_api.batching.positions import AtField, Joint, Kept, Position, Root
from graph_api.batching.waiting import Raised, close

_AT_ONCE = 1_000
"""Rows that one call of a resolver of lists may bring, about, where its answers can be put away when they are done."""
_ALONE_SECONDS = 0.005
"""How long levels may go on without waiting for anything; then others get their turn."""
_USUAL = 20
"""Items of a list, where nothing says how many."""


class _Call:
    """A call of a batch resolver that is about to be made, and the columns of parents it is for.

    The same field of different runtime types is one call.
    """

    __slots__ = ("field", "parts")

    def __init__(self, field: FieldPlan) -> None:
        self.field = field
        self.parts: list[tuple[FieldPlan, Column[Any], AtField | Kept, Later]] = []


class Run(Completion):
    """One operation under way.

    Args:
        executor: of the operation.
        encode: makes of a finished part of a long answer what is put in its place; None leaves it as it is.
        check: ends the operation by raising.
    """

    def __init__(
        self,
        executor: Executor[Any],
        encode: Callable[[Any], Any] | None = None,
        check: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(executor)
        self._encode = encode
        self._check = check
        self._is_long = False
        self._calls: dict[tuple[int, ...], _Call] = {}

    def start(self, plan: SelectionPlan, root_value: Any, *, serially: bool) -> Later:
        """Return the answer, a column of one object; it is there when nothing is waited for."""
        root, position = Column([root_value]), Root()
        answer = Later()
        answer.set(self._serially(plan, root, position, []) if serially else self.select(plan, root, position))
        self._go_on()
        return answer

    async def finish(self) -> None:
        """Wait until the answer is there; however it ends, nothing that it began goes on running."""
        since = perf_counter()
        try:
            while self.waiting:
                if self._is_long or perf_counter() - since > _ALONE_SECONDS:
                    await asyncio.sleep(0)  # others get their turn, and who cancels this is heard
                    since = perf_counter()
                await self.waiting.step()
                self._go_on()
        finally:
            await self.waiting.stop()

    def _go_on(self) -> None:
        """Do what can be done with what has come so far."""
        while True:
            while self._calls:
                calls, self._calls = self._calls, {}
                for call in calls.values():
                    if size := self._size_of_part(call):
                        self._part(call, size, 0, [])
                    else:
                        self._make(call)
            self.drop_what_is_not_needed()  # what is dropped may be the last thing that something else waited for
            if not self._calls:
                return

    def _serially(self, plan: SelectionPlan, root: Column[Any], position: Position, done: list[Any]) -> Maybe:
        """Resolve the fields that are left, each when the one before it is complete."""
        while len(done) < len(plan.fields):
            if () in self.failures.nulls:  # the whole answer is null: what is left is not done
                return [dict(zip([field.key for field in plan.fields], (None for _ in plan.fields), strict=True))]
            column = self._field(plan.fields[len(done)], root, position)
            if isinstance(column, Later):

                def go_on(answers: list[Any]) -> Maybe:
                    return self._serially(plan, root, position, [*done, answers])

                return column.then(go_on)
            done.append(column)
        return _build(plan, done, 1)

    @override
    def select(self, selection: SelectionPlan, parents: Column[Any], position: Position) -> Maybe:
        if self._check is not None:
            self._check()
        columns: list[Any] = [
            field.answer(parents) or self._field(field, parents, position) for field in selection.fields
        ]
        return joined(columns, selection.build) if columns else [{} for _ in parents]

    def _field(self, field: FieldPlan, parents: Column[Any], position: Position) -> Maybe:
        """Return the answers of one field for all parents."""
        how = field.how
        if how is How.TYPENAME:
            return [field.parent.name] * len(parents)
        at = AtField(position, field.step, field.parent.name)
        if how is How.READ:
            values = self._read(field, parents)
        elif how is How.SAME:
            values = parents
        elif how is How.BATCH:
            return self._soon(field, parents, at)
        else:
            values = self._each(field, parents, at)
        return self.complete(field, field.output, values, at)

    # ------------------------------------------------------------------ values
    def _read(self, field: FieldPlan, parents: Column[Any]) -> Any:
        try:
            return field.read_all(parents)
        except Exception:  # noqa: BLE001 - some row has an error: it is found one by one
            assert field.get is not None
            return [_caught(field.get, parent) for parent in parents]

    def _soon(self, field: FieldPlan, parents: Column[Any], at: AtField) -> Later:
        """Put a call of a batch resolver off until all that can be known of its level is known."""
        key = (id(field.batch), *map(id, field.nodes))
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = _Call(field)
        answers = Later()
        call.parts.append((field, parents, at, answers))
        return answers

    def _make(self, call: _Call) -> None:
        if len(self.failures):  # nothing is asked for that stands below a null
            self._drop(call)
            if not call.parts:
                return
        field, parents, at, _ = call.parts[0]
        if len(call.parts) > 1:
            parents = Joined([part[1] for part in call.parts])
        count = len(parents)
        try:
            path = (at.path(0) if count == 1 else None) or Path(None, field.key, field.parent.name)
            info = self.executor.build_resolve_info(field.definition, field.nodes, field.parent, path)
            assert field.batch is not None
            assert field.conversion is not None
            arguments = field.conversion.convert(field.arguments.values(self.executor))
            answers = field.batch(parents, _strawberry_info(info, field), **arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is every parent's
            answers = Raised(error)
        if self.executor.is_awaitable(answers):
            position = at if len(call.parts) == 1 else Joint([(part[2], len(part[1])) for part in call.parts])
            self.waiting.add([answers], position, [range(count)]).give_to(lambda found: self._answered(call, found[0]))
        else:
            self._answered(call, answers)

    # ------------------------------------------------------------------ long answers
    def _size_of_part(self, call: _Call) -> int:
        """Return how many parents of a call bring as many rows as are made at once; 0 where all of them may be."""
        field, parents, _, _ = call.parts[0]
        count = len(parents)
        if self._encode is None or count == 1 or len(call.parts) > 1 or "first" not in field.definition.args:
            return 0
        try:
            arguments = field.arguments.values(self.executor)
        except Exception:  # noqa: BLE001 - it comes up again when the call is made, and is told there
            return 0
        items = arguments.get("first") or arguments.get("last") or _USUAL
        return max(1, _AT_ONCE // items) if items * count > _AT_ONCE else 0

    def _part(self, call: _Call, size: int, start: int, done: list[Any]) -> None:
        """Answer for some of a call's parents, put that away as text, and go on with the next ones.

        So neither the rows nor the objects of a long answer are all there at the same time.
        """
        self._is_long = True
        field, parents, at, answers = call.parts[0]
        if start >= len(parents):
            answers.set(done)
            return
        rows = range(start, min(start + size, len(parents)))
        part, own = _Call(field), Later()
        part.parts.append((field, parents.take(rows), Kept(at, rows), own))

        def put_away(found: list[Any]) -> None:
            assert self._encode is not None
            # Where there are errors, null may have to be put into it yet.
            done.extend(found if len(self.failures) else map(self._encode, found))
            self._part(call, size, rows.stop, done)

        own.give_to(put_away)
        self._calls[id(call), start] = part

    def _drop(self, call: _Call) -> None:
        kept = []
        for part in call.parts:
            _, parents, at, answers = part
            if self.failures.cover(at, range(len(parents))):
                answers.set([None] * len(parents))
            else:
                kept.append(part)
        call.parts = kept

    def _answered(self, call: _Call, answers: Any) -> None:
        """Hand the answers to those who asked."""
        count = sum(len(part[1]) for part in call.parts)
        if not isinstance(answers, (list, Sequence)):
            answers = [answers] * count
        elif len(answers) != count:
            name = getattr(call.field.batch, "__name__", call.field.name)
            answers = [Raised(RuntimeError(f"{name} gave {len(answers)} answers for {count} parents"))] * count
        start = 0
        for field, parents, at, later in call.parts:
            own = answers
            if len(call.parts) > 1:
                own, start = part_of(answers, start, start + len(parents)), start + len(parents)
            later.set(self.complete(field, field.output, own, at))

    def _each(self, field: FieldPlan, parents: Column[Any], at: AtField) -> list[Any]:
        """Call an ordinary resolver for each parent."""
        executor = self.executor
        resolve = field.resolve or executor.field_resolver
        try:
            arguments = field.arguments.values(executor)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is every parent's
            return [Raised(error)] * len(parents)
        values: list[Any] = []
        for row, parent in enumerate(parents):
            self._go_on_with(values)
            info = executor.build_resolve_info(field.definition, field.nodes, field.parent, at.path(row))
            try:
                values.append(resolve(parent, info, **arguments))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
                values.append(Raised(error))
        return values

    def _go_on_with(self, begun: list[Any]) -> None:
        """Make sure that the operation goes on; what was begun is let go of if it does not."""
        if self._check is None:
            return
        try:
            self._check()
        except BaseException:
            close(begun)
            raise


def _strawberry_info(info: Any, field: FieldPlan) -> Any:
    return info.schema._strawberry_schema.config.info_class(_raw_info=info, _field=field.strawberry)


def _caught(function: Any, parent: Any) -> Any:
    try:
        return function(parent)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
        return Raised(error)


def _build(plan: SelectionPlan, columns: list[Any], count: int) -> list[Any]:
    return plan.build(columns) if columns else [{} for _ in range(count)]
