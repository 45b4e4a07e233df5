"""Completing values by the column: GraphQL specification, section 6.4.3.

A column with nothing unusual in it goes through whole. Where there are nulls, errors or things
to await, the rows that are left are completed by themselves and put back in their places.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice
from types import GeneratorType
from typing import Any

from graphql import GraphQLError, GraphQLObjectType
from graphql.execution import Executor
from graphql.execution.executor import collect_iterator_awaitables
from graphql.pyutils import Undefined, inspect, is_iterable

from graph_api.batching.columns import Column, Grouped
from graph_api.batching.failing import Failures
from graph_api.batching.later import Later, Maybe, joined, then
from graph_api.batching.marks import WITHOUT_INFO
from graph_api.batching.plan import FieldPlan, Output, SelectionPlan
from graph_api.batching.positions import AtItems, Kept, Position
from graph_api.batching.waiting import DROPPED, Dropped, Raised, Waiting

_LISTS = frozenset((list, tuple))


@lru_cache(maxsize=4096)
def _is_unusual(kind: Any) -> bool:
    """Whether values of a type need a look of their own: null, errors, what may have to be awaited."""
    return (
        kind in (type(None), type(Undefined), Raised, Dropped, GeneratorType)
        or issubclass(kind, Exception)
        or hasattr(kind, "__await__")
    )


class Completion:
    """The part of a run that makes answers of values; `select` is the other part."""

    def __init__(self, executor: Executor[Any]) -> None:
        self.executor = executor
        self.failures = Failures()
        self.waiting = Waiting(executor.settle_in_background)

    def select(self, selection: SelectionPlan, parents: Column[Any], position: Position) -> Maybe:
        """Return the answers to a selection for a column of objects."""
        raise NotImplementedError

    def drop_what_is_not_needed(self) -> None:
        """Cancel what is waited for below a null."""
        if self.failures.is_new:
            for wait in self.waiting.waits():
                for index in wait.pending():
                    if self.failures.cover(wait.position, wait.rows[index]):
                        wait.drop(index)
            self.waiting.pass_over()

    # ------------------------------------------------------------------ whatever came
    def complete(self, field: FieldPlan, output: Output, column: Any, position: Position) -> Maybe:
        """Return the answers for a column of values of any sort."""
        if output.quick is not None:
            if type(column) is not list:
                column = list(column)
            answers = output.quick(column)
            if answers is not None:
                return answers
        elif isinstance(column, Grouped) and output.item is not None:
            return self._lists(field, output.item, column.items, column.lengths, position)
        elif isinstance(column, Column) and column.is_whole:
            return self._present(field, output, column, position)
        if not any(map(_is_unusual, set(map(type, column)))):
            return self._present(field, output, column, position)
        return self._mixed(field, output, column, position)

    def _mixed(self, field: FieldPlan, output: Output, column: Sequence[Any], position: Position) -> Maybe:
        """Complete a column that holds nulls, errors or awaitables."""
        is_awaitable = self.executor.is_awaitable
        waiting = [i for i, value in enumerate(column) if is_awaitable(value)]
        if waiting:

            def early(index: int, result: Any) -> Any:
                return self._noticed(field, output, result, waiting[index], position)

            later = self.waiting.add([column[i] for i in waiting], position, [(i,) for i in waiting], early)

            def arrived(results: list[Any]) -> Maybe:
                values = list(column)
                for i, result in zip(waiting, results, strict=True):
                    values[i] = result
                return self.complete(field, output, values, position)

            return later.then(arrived)
        kept = [i for i, value in enumerate(column) if self._is_present(field, output, value, i, position)]
        if len(kept) == len(column):
            return self._present(field, output, column, position)
        present = self._present(field, output, [column[i] for i in kept], Kept(position, kept)) if kept else []
        return then(present, lambda answers: spread(answers, kept, len(column)))

    def _noticed(self, field: FieldPlan, output: Output, result: Any, row: int, position: Position) -> Any:
        """Return what an awaitable brought; an error is told at once, since it may end what others still do."""
        is_null = result is None and not output.is_nullable
        if is_null or isinstance(result, (Raised, Exception)):
            self._is_present(field, output, result, row, position)
            return DROPPED
        return result

    def _is_present(self, field: FieldPlan, output: Output, value: Any, row: int, position: Position) -> bool:
        if value is None or value is Undefined:
            if not output.is_nullable:
                self.fail(field, position, row, _no_null(field))
            return False
        if isinstance(value, Dropped):
            return False
        error = value.error if isinstance(value, Raised) else value
        if isinstance(error, Exception):
            self.fail(field, position, row, error)
            return False
        return True

    def _present(self, field: FieldPlan, output: Output, column: Any, position: Position) -> Maybe:
        """Complete a column of values, none of them null."""
        if output.leaf is not None:
            return self._leaves(field, output, column, position)
        if output.item is not None:
            return self._iterables(field, output, column, position)
        parents = column if isinstance(column, Column) else Column(column)
        if output.abstract is not None:
            return self._abstract(field, output, parents, position)
        assert output.object is not None
        return self._objects(field, output.object, parents, position)

    def fail(self, field: FieldPlan, position: Position, row: int, error: Exception) -> None:
        """Note that a row has an error instead of a value."""
        self.failures.add(position, row, field.nodes, error, self.waiting.steps)

    # ------------------------------------------------------------------ scalars and enums
    def _leaves(self, field: FieldPlan, output: Output, column: Iterable[Any], position: Position) -> list[Any]:
        assert output.leaf is not None
        coerce = output.leaf.coerce_output_value
        answers: list[Any] = []
        for row, value in enumerate(column):
            answer = None
            try:
                answer = coerce(value)
                if answer is None or answer is Undefined:
                    raise _no_value(output.leaf, value, answer)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
                answer = None
                self.fail(field, position, row, error)
            answers.append(answer)
        return answers

    # ------------------------------------------------------------------ lists
    def _iterables(self, field: FieldPlan, output: Output, column: Sequence[Any], position: Position) -> Maybe:
        assert output.item is not None
        if not _LISTS.issuperset(map(type, column)):
            lists = [self._items(field, value) for value in column]
            if any(map(_is_unusual, set(map(type, lists)))):
                return self._mixed(field, output, lists, position)
            column = lists
        if len(column) == 1:
            (items,) = column
        else:
            items = list(chain.from_iterable(column))
        return self._lists(field, output.item, items, list(map(len, column)), position)

    def _items(self, field: FieldPlan, value: Any) -> Any:
        """Return a list's items; an awaitable of them, or an exception."""
        if type(value) in _LISTS or isinstance(value, (Column, Grouped)):
            return value
        try:
            if self.executor.is_async_iterable(value):
                return _drain(value)
            if not is_iterable(value):
                raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'.")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
            return Raised(error)
        items: list[Any] = []
        iterator = iter(value)
        try:
            items.extend(iterator)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
            self.executor.track_async_work([*items, *collect_iterator_awaitables(iterator, self.executor.is_awaitable)])
            return Raised(error)
        return items

    def _lists(self, field: FieldPlan, item: Output, items: Any, lengths: Sequence[int], position: Position) -> Maybe:
        if not len(items):
            return [[] for _ in lengths]
        places = AtItems(position, lengths, is_nullable=item.is_nullable)

        def regroup(answers: list[Any]) -> list[Any]:
            if len(lengths) == 1:
                return [answers if answers is not items else list(answers)]
            rest = iter(answers)
            return [list(islice(rest, length)) for length in lengths]

        return then(self.complete(field, item, items, places), regroup)

    # ------------------------------------------------------------------ objects
    def _abstract(self, field: FieldPlan, output: Output, parents: Column[Any], position: Position) -> Maybe:
        abstract = output.abstract
        assert abstract is not None
        names: Any = parents.typenames()
        if isinstance(names, str):
            names = [names] * len(parents)
        elif names is None:
            names = self._asked(
                abstract.resolve_type or self.executor.type_resolver, field, parents, position, abstract
            )
        awaited = self._awaited(names, position)
        if awaited is not None:
            return awaited.then(lambda found: self._buckets(field, output, parents, found, position))
        return self._buckets(field, output, parents, names, position)

    def _buckets(
        self, field: FieldPlan, output: Output, parents: Column[Any], names: Sequence[Any], position: Position
    ) -> Maybe:
        """Complete each runtime type by itself."""
        buckets: dict[GraphQLObjectType, list[int]] = {}
        types: dict[str, GraphQLObjectType] = {}
        for row, name in enumerate(names):
            type_ = types.get(name) if type(name) is str else None
            if type_ is None:
                try:
                    if isinstance(name, Raised):
                        raise name.error
                    if isinstance(name, Dropped):
                        continue
                    type_ = self._runtime_type(field, output, name, parents, row, position)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
                    self.fail(field, position, row, error)
                    continue
                types[type_.name] = type_
            buckets.setdefault(type_, []).append(row)
        if len(buckets) == 1:
            ((type_, rows),) = buckets.items()
            if len(rows) == len(parents):
                return self._objects(field, type_, parents, position)
        parts: list[Any] = [
            self._objects(field, type_, parents.take(rows), Kept(position, rows)) for type_, rows in buckets.items()
        ]

        def merge(done: Sequence[list[Any]]) -> list[Any]:
            answers: list[Any] = [None] * len(parents)
            for rows, own in zip(buckets.values(), done, strict=True):
                for row, answer in zip(rows, own, strict=True):
                    answers[row] = answer
            return answers

        return joined(parts, merge)

    def _runtime_type(
        self, field: FieldPlan, output: Output, name: Any, parents: Column[Any], row: int, position: Position
    ) -> GraphQLObjectType:
        assert output.abstract is not None
        info = self.info(field, position, row)
        return self.executor.ensure_valid_runtime_type(name, output.abstract, field.details, info, parents[row])

    def _objects(self, field: FieldPlan, type_: GraphQLObjectType, parents: Column[Any], position: Position) -> Maybe:
        if type_.is_type_of is None or parents.is_a(type_.name):
            return self._selected(field, type_, parents, position)
        asked = self._asked(type_.is_type_of, field, parents, position)
        awaited = self._awaited(asked, position)
        if awaited is not None:
            return awaited.then(lambda found: self._checked(field, type_, parents, found, position))
        return self._checked(field, type_, parents, asked, position)

    def _checked(
        self, field: FieldPlan, type_: GraphQLObjectType, parents: Column[Any], is_so: Sequence[Any], position: Position
    ) -> Maybe:
        kept: list[int] = []
        for row, answer in enumerate(is_so):
            if isinstance(answer, Raised):
                self.fail(field, position, row, answer.error)
            elif isinstance(answer, Dropped):
                continue
            elif not answer:
                self.fail(field, position, row, _wrong_type(field, type_, parents[row]))
            else:
                kept.append(row)
        if len(kept) == len(parents):
            return self._selected(field, type_, parents, position)
        if not kept:
            return [None] * len(parents)
        answers = self._selected(field, type_, parents.take(kept), Kept(position, kept))
        return then(answers, lambda found: spread(found, kept, len(parents)))

    def _selected(self, field: FieldPlan, type_: GraphQLObjectType, parents: Column[Any], position: Position) -> Maybe:
        try:
            selection = field.selection(self.executor, type_)
        except Exception as error:  # noqa: BLE001 - a condition that can't be read is each row's error
            for row in range(len(parents)):
                self.fail(field, position, row, error)
            return [None] * len(parents)
        return self.select(selection, parents, position)

    # ------------------------------------------------------------------ asking a function about each value
    def _asked(
        self, function: Callable[..., Any], field: FieldPlan, parents: Column[Any], position: Position, *more: Any
    ) -> list[Any]:
        """Return what a function of value and info says of each value, an exception as `Raised`."""
        info = None if getattr(function, WITHOUT_INFO, False) else self.info(field, position, 0)
        answers: list[Any] = []
        for value in parents:
            try:
                answers.append(function(value, info, *more))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
                answers.append(Raised(error))
        return answers

    def _awaited(self, values: Sequence[Any], position: Position) -> Later | None:
        """Return values with the awaitables among them awaited; None where there are none."""
        if not any(map(_is_unusual, set(map(type, values)))):
            return None
        is_awaitable = self.executor.is_awaitable
        waiting = [i for i, value in enumerate(values) if is_awaitable(value)]
        if not waiting:
            return None

        def arrived(results: list[Any]) -> list[Any]:
            whole = list(values)
            for i, result in zip(waiting, results, strict=True):
                whole[i] = result
            return whole

        return self.waiting.add([values[i] for i in waiting], position, [(i,) for i in waiting]).then(arrived)

    def info(self, field: FieldPlan, position: Position, row: int) -> Any:
        """Return graphql-core's info for the field at a row, or at the item of a list there."""
        path = position.path(row)
        while path is not None and isinstance(path.key, int):
            path = path.prev
        assert path is not None
        return self.executor.build_resolve_info(field.definition, field.nodes, field.parent, path)


def spread(answers: Sequence[Any], rows: Sequence[int], length: int) -> list[Any]:
    """Return a column of this length with answers in these rows and null in the others."""
    whole: list[Any] = [None] * length
    for row, answer in zip(rows, answers, strict=True):
        whole[row] = answer
    return whole


async def _drain(values: Any) -> list[Any]:
    iterator = aiter(values)
    try:
        return [value async for value in iterator]
    except Exception:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()
        raise


def _no_null(field: FieldPlan) -> TypeError:
    return TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.name}.")


def _no_value(leaf: Any, value: Any, answer: Any) -> TypeError:
    return TypeError(
        f"Expected `{inspect(leaf)}.coerce_output_value({inspect(value)})`"
        f" to return non-nullable value, returned: {inspect(answer)}"
    )


def _wrong_type(field: FieldPlan, type_: GraphQLObjectType, value: Any) -> GraphQLError:
    return GraphQLError(f"Expected value of type '{type_}' but got: {inspect(value)}.", field.nodes)
