"""`@batched`: resolvers that answer for a whole level at once, on any GraphQL executor.

A batched resolver is written for all parents of a level:

    @batched
    async def credits(parents: Column[Film], info: Info, first: int | None = None) -> Answers[Connection[Credit]]:
        return one answer, or one exception, per parent, in the parents' order

graph-core calls a resolver once per parent. The one-parent form made here gathers the calls of
the same field within one request, as they come in one round of the event loop, into one call.
The batch form stays in the field's metadata under `BATCH`, for an executor that has the whole
column at hand.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, get_args

import strawberry

from graph_api.batching.columns import Answers, Column
from graph_api.batching.marks import BATCH, NEEDS, READ, SAME, Read

BatchResolver: TypeAlias = Callable[..., Awaitable[Sequence[Any]] | Sequence[Any]]
_F = TypeVar("_F", bound=BatchResolver)
_Key: TypeAlias = tuple[int, ...]


class _Batch(Generic[_F]):
    """Calls of one field gathered so far."""

    __slots__ = ("arguments", "futures", "grown", "info", "left", "parents", "resolver", "task")

    def __init__(self, resolver: _F, info: Any, arguments: dict[str, Any]) -> None:
        self.resolver = resolver
        self.info = info
        self.arguments = arguments
        self.parents: list[Any] = []
        self.futures: list[asyncio.Future[Any]] = []
        self.grown = False
        self.left = 0
        self.task: asyncio.Task[None] | None = None

    def leave(self) -> None:
        """One parent's request is gone; the work ends when nobody waits for it any more."""
        self.left += 1
        if self.is_deserted and self.task:
            self.task.cancel()

    @property
    def is_deserted(self) -> bool:
        return self.left == len(self.futures)

    async def run(self) -> None:
        try:
            answers = self.resolver(Column(self.parents), self.info, **self.arguments)
            if inspect.isawaitable(answers):
                answers = await answers
            if len(answers) != len(self.parents):
                raise RuntimeError(
                    f"{self.resolver.__name__} gave {len(answers)} answers for {len(self.parents)} parents"
                )
        except asyncio.CancelledError:
            for future in self.futures:
                future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is every parent's answer
            answers = [error] * len(self.parents)
        for future, answer in zip(self.futures, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)


_pending: dict[_Key, _Batch[Any]] = {}
_running: set[asyncio.Task[None]] = set()


def _dispatch(loop: asyncio.AbstractEventLoop, key: _Key) -> None:
    """Start a batch once a round of the loop has added nothing to it."""
    batch = _pending[key]
    if batch.grown:
        batch.grown = False
        loop.call_soon(_dispatch, loop, key)
        return
    del _pending[key]
    if batch.is_deserted:
        return
    batch.task = loop.create_task(batch.run())
    _running.add(batch.task)
    batch.task.add_done_callback(_running.discard)


async def _gather(resolver: BatchResolver, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
    """Add one parent to the batch of this field, and return its answer.

    A field is known by its resolver, its syntax nodes and the variables of its request: the same
    nodes have the same arguments. A batch in waiting keeps them alive, so their identities are
    not reused.
    """
    loop = asyncio.get_running_loop()
    raw = info._raw_info
    key = (id(loop), id(resolver), id(raw.variable_values), *map(id, raw.field_nodes))
    batch = _pending.get(key)
    if batch is None:
        batch = _pending[key] = _Batch(resolver, info, arguments)
        loop.call_soon(_dispatch, loop, key)
    future: asyncio.Future[Any] = loop.create_future()
    batch.parents.append(parent)
    batch.futures.append(future)
    batch.grown = True
    try:
        return await future
    except asyncio.CancelledError:
        batch.leave()
        raise


def _as_field(
    inner: Callable[..., Any], function: Callable[..., Any], own: list[inspect.Parameter], answer: Any
) -> Callable[..., Any]:
    """Dress a resolver in the name, doc and arguments of the function it stands for.

    An argument that may be left out has no default in the schema; the function's own applies.
    """
    arguments = [
        p.replace(default=strawberry.UNSET) if p.default is None else p
        for p in inspect.signature(function).parameters.values()
        if p.name not in ("parents", "self")
    ]
    inner.__signature__ = inspect.Signature([*own, *arguments], return_annotation=answer)  # type: ignore[attr-defined]
    inner.__annotations__ = {p.name: p.annotation for p in arguments} | {"return": answer}
    inner.__name__ = function.__name__
    inner.__qualname__ = function.__qualname__
    inner.__module__ = function.__module__
    inner.__doc__ = function.__doc__
    return inner


def _description(function: Callable[..., Any]) -> str | None:
    return inspect.cleandoc(function.__doc__ or "") or None


def _field_name(function: Callable[..., Any]) -> str | None:
    """The name of a field that Python can't spell: `from_` is "from"."""
    name = function.__name__
    return name[:-1] if name.endswith("_") else None


_SELF = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)


def one_parent(resolver: BatchResolver) -> Callable[..., Any]:
    """Return the form of a batch resolver that an ordinary executor calls for each parent."""

    async def resolve(self: Any, info: Any, **arguments: Any) -> Any:
        return await _gather(resolver, self, info, arguments)

    (answer,) = get_args(inspect.signature(resolver).return_annotation)
    return _as_field(resolve, resolver, [_SELF], answer)


def batched(resolver: BatchResolver, *, needs: Iterable[str] | None = None) -> Any:
    """Make a GraphQL field of a resolver written for all parents of a level.

    The field's description is the docstring. `Answers[T]`, its return annotation, names the
    type of one answer.

    Args:
        resolver: takes parents and info, and whatever arguments the field has.
        needs: what it reads of its parents, for look-ahead; None may be anything.
    """
    if getattr(resolver, "__annotations__", {}).get("return") is None:
        raise TypeError(f"{resolver.__qualname__} needs a return annotation Answers[...]")
    return strawberry.field(
        resolver=one_parent(resolver),
        name=_field_name(resolver),
        description=_description(resolver),
        metadata={BATCH: resolver} if needs is None else {BATCH: resolver, NEEDS: frozenset(needs)},
    )


def by_id(resolver: BatchResolver) -> Any:
    """Make a GraphQL field of a batch resolver that reads nothing of its parents but their `id`."""
    return batched(resolver, needs=("id",))


def single(resolver: Callable[..., Awaitable[Any]]) -> Any:
    """Make a GraphQL field of an asynchronous function that needs no parent: a field of Query or Mutation."""

    async def resolve(self: Any, info: Any, **arguments: Any) -> Any:
        return await resolver(info, **arguments)

    async def batch(parents: Column[Any], info: Any, **arguments: Any) -> Sequence[Any]:
        return [await resolver(info, **arguments) for _ in parents]

    batch.__name__ = resolver.__name__
    answer = inspect.signature(resolver).return_annotation
    return strawberry.field(
        resolver=_as_field(resolve, resolver, [_SELF], answer),
        name=_field_name(resolver),
        description=_description(resolver),
        metadata={BATCH: batch},
    )


def read(
    name: str,
    description: str,
    get: Callable[[Any], Any] | None = None,
    then: Callable[[Any], Any] | None = None,
) -> Any:
    """Make a GraphQL field that is read off its parent; its type is the annotation of the attribute.

    Args:
        name: of the parent's attribute, or of the column where parents are `Rows`.
        description: of the field.
        get: reads the value off an object, where that takes more than the attribute.
        then: makes the field's value of what was read.
    """
    how = Read(name, get, then)
    return strawberry.field(description=description, resolver=_reading(how), metadata={READ: how})


def _reading(how: Read) -> Callable[[Any], Any]:
    get = how.getter()

    def resolve(root: Any) -> Any:
        return get(root)

    return resolve


def same(description: str) -> Any:
    """Make a GraphQL field whose value is its parent, seen as another type: it costs nothing."""
    return strawberry.field(description=description, resolver=lambda root: root, metadata={SAME: True})


__all__ = ["BATCH", "Answers", "Column", "batched", "by_id", "one_parent", "read", "same", "single"]
