"""What a document asks for: depth, fields, aliases, directives, and cost.

A fragment counts as often as it is spread, through others too, but is settled once: the work is
linear in the document's size. Cost and nodes are counted alike (docs/limits.md):

- an object is 1; what is selected of it comes on top;
- a page is 1 and as many times its item as `first`, `last` or `limit` says, or as many as there are `ids`;
- a list without pages is so many times its item: 5 for cost; 25 for nodes, a quarter of what such a
  list may hold, so that one that is longer costs too little;
- an analysis has a weight of its own; values and introspection cost nothing.

A field written twice counts twice, and all fragments count, whatever the type or `@skip` says.
"""

from collections.abc import Mapping
from typing import NamedTuple

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode

from graph_api.domain.paging import BARE_LIST_LIMIT
from schema.validation.sizes import Sizes, as_size
from schema.validation.walk import FieldSet, Types, definitions, fragments_first, walk

_MOST = 10**9
"""Counts end here: two hundred fragments, each spreading the next twice, would make a number of sixty digits."""
_BARE, _BARE_NODES = 5, BARE_LIST_LIMIT // 4
"""Items that a list without pages is counted with, for cost and for nodes."""
_KEPT = 64


class Counts(NamedTuple):
    """What does not depend on variables."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0


class Cost(NamedTuple):
    """What an operation costs, and how many objects it could give."""

    cost: int
    nodes: int


class _Share(NamedTuple):
    """Cost and nodes of a set: `once`, and of its lists for `each` item of a page, the lists' size being the page's."""

    cost: int = 0
    cost_each: int = 0
    nodes: int = 0
    nodes_each: int = 0


def _counts(sets: list[FieldSet], known: Mapping[str, Counts]) -> Counts:
    """Return what a definition comes to; a spread that closes a circle counts nothing, another rule refuses it."""
    found: list[Counts] = [Counts()] * len(sets)
    for place in range(len(sets) - 1, -1, -1):
        one = sets[place]
        depth, fields, aliases, directives = int(one.is_deep), one.fields, one.aliases, one.directives
        for inner in one.inner:
            part = found[inner.place]
            depth = max(depth, 0 if inner.is_free else 1 + part.depth)
            fields, aliases, directives = fields + part.fields, aliases + part.aliases, directives + part.directives
        for name in one.spreads:
            part = known.get(name, Counts())
            depth = max(depth, part.depth)
            fields, aliases, directives = fields + part.fields, aliases + part.aliases, directives + part.directives
        found[place] = Counts(depth, min(_MOST, fields), min(_MOST, aliases), min(_MOST, directives))
    return found[0]


def _share(sets: list[FieldSet], known: Mapping[str, _Share], sizes: Sizes) -> _Share:
    found: list[_Share] = [_Share()] * len(sets)
    for place in range(len(sets) - 1, -1, -1):
        cost = cost_each = nodes = nodes_each = 0
        for inner in sets[place].inner:
            if inner.is_free:
                continue
            cost += inner.weight
            part = found[inner.place]
            size = None if inner.size is None else inner.size.value(sizes)
            paged = size if size is not None and not inner.is_list else None
            one_cost = 1 + part.cost + part.cost_each * (_BARE if paged is None else paged)
            one_nodes = 1 + part.nodes + part.nodes_each * (_BARE_NODES if paged is None else paged)
            if inner.is_list and size is None:
                cost_each, nodes_each = cost_each + one_cost, nodes_each + one_nodes
            else:
                times = size if inner.is_list and size is not None else 1
                cost, nodes = cost + one_cost * times, nodes + one_nodes * times
        for name in sets[place].spreads:
            more = known.get(name, _Share())
            cost, cost_each = cost + more.cost, cost_each + more.cost_each
            nodes, nodes_each = nodes + more.nodes, nodes_each + more.nodes_each
        found[place] = _Share(*(min(_MOST, n) for n in (cost, cost_each, nodes, nodes_each)))
    return found[0]


class Measured:
    """A document that was walked.

    Attributes:
        counts: of each operation.
        largest: the most of each that a fragment comes to, spread or not; its depth counts only where it is
            spread, since whether it is one of introspection's, whose depth is free, shows only there.
    """

    def __init__(self, document: DocumentNode, types: Types | None = None) -> None:
        types = types or Types()
        walked: dict[str, list[FieldSet]] = {}
        operations: list[OperationDefinitionNode] = []
        self._sets: dict[OperationDefinitionNode, list[FieldSet]] = {}
        fragments: list[Counts] = []
        for node in definitions(document):
            if isinstance(node, FragmentDefinitionNode):
                if node.name.value in walked:  # another rule refuses it, and looks at all of it first
                    fragments.append(_counts(walked[node.name.value], {}))
                walked[node.name.value] = walk(node, types)
            else:
                operations.append(node)
        self._fragments = {name: walked[name] for name in fragments_first(walked)}
        known: dict[str, Counts] = {}
        for name, sets in self._fragments.items():
            known[name] = _counts(sets, known)
        fragments += known.values()
        most = Counts(*map(max, zip(*fragments, strict=True))) if fragments else Counts()
        self.largest = most._replace(depth=0)
        self._sets = {node: walk(node, types) for node in operations}
        self.counts = {node: _counts(sets, known) for node, sets in self._sets.items()}

    def costing(self, operation: OperationDefinitionNode) -> "Costing":
        """Return what tells the cost of an operation."""
        return Costing(operation, self._sets[operation], self._fragments)


class Costing:
    """The cost of one operation by the variables that say how many items are wanted; few, and looked up mostly."""

    __slots__ = ("_fragments", "_known", "_pages", "_sets", "_variables")

    def __init__(
        self, operation: OperationDefinitionNode, sets: list[FieldSet], fragments: Mapping[str, list[FieldSet]]
    ) -> None:
        self._sets = sets
        self._fragments = fragments
        found = [
            inner.size for one in (sets, *fragments.values()) for each in one for inner in each.inner if inner.size
        ]
        used = {each for size in found for each in size.given if isinstance(each, str)}
        self._pages = tuple(dict.fromkeys(size.page for size in found if size.page))
        declared = {v.variable.name.value: v for v in operation.variable_definitions or ()}
        self._variables = tuple((n, as_size(v.default_value)) for n, v in declared.items() if n in used)
        self._known: dict[tuple[int | None, ...], Cost] = {}

    def cost(self, variables: Mapping[str, object] | None) -> Cost:
        """Return the cost with these variables, as they came: what is no number is refused later."""
        key = self._key(variables)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[key] = self._cost(key)
        return found

    def check_pages(self, variables: Mapping[str, object] | None) -> None:
        """Make sure that there are pages of the sizes asked for.

        Raises:
            BadPage: there are not.
        """
        if self._pages:
            sizes = self._sizes(self._key(variables))
            for page in self._pages:
                page.check(sizes)

    def _key(self, variables: Mapping[str, object] | None) -> tuple[int | None, ...]:
        given = variables or {}
        return tuple(
            [
                default if name not in given else value if type(value := given[name]) is int else as_size(value)
                for name, default in self._variables
            ]
        )

    def _sizes(self, key: tuple[int | None, ...]) -> Sizes:
        return {name: size for (name, _), size in zip(self._variables, key, strict=True)}

    def _cost(self, key: tuple[int | None, ...]) -> Cost:
        sizes = self._sizes(key)
        known: dict[str, _Share] = {}
        for name, sets in self._fragments.items():
            known[name] = _share(sets, known, sizes)
        share = _share(self._sets, known, sizes)
        cost = share.cost + _BARE * share.cost_each
        return Cost(min(_MOST, cost), min(_MOST, share.nodes + _BARE_NODES * share.nodes_each))
