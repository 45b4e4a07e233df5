"""How deep documents nest: by hand, against a naive count, and in linear time."""

import time

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as st

from schema.validation.measures import Measured


def operation_depths(document: DocumentNode) -> dict[OperationDefinitionNode, int]:
    return {node: counts.depth for node, counts in Measured(document).counts.items()}


def depth(text: str) -> int:
    (found,) = operation_depths(parse(text)).values()
    return found


def test_by_hand() -> None:
    assert depth("{ a }") == 1
    assert depth("{ a { b c { d } } e }") == 3
    assert depth("{ a { ...F } } fragment F on T { b { c } }") == 3
    assert depth("{ a { ... on T { ... { b } } } }") == 2
    assert depth("{ a { ...F b { ...F } } } fragment F on T { c { d } }") == 4


def test_introspection_does_not_count_but_what_is_beside_it_does() -> None:
    assert depth("{ __schema { types { fields { type { ofType { name } } } } } }") == 0
    assert depth('{ a { __typename b } __type(name: "T") { fields { name } } }') == 2


def test_a_fragment_reached_by_a_short_and_a_long_way_counts_by_the_long_one() -> None:
    text = "{ ...A } fragment A on T { ...B ...C } fragment B on T { b } fragment C on T { c { ...D } } "
    assert depth(text + "fragment D on T { x { ...B } }") == 3
    assert (
        depth("{ ...A } fragment A on T { ...B ...C } fragment B on T { b { b } } fragment C on T { c { c { ...B } } }")
        == 4
    )


def test_circles_end() -> None:
    assert depth("{ ...A } fragment A on T { a { ...B } } fragment B on T { b { ...A } }") >= 2


def test_each_operation_has_its_own() -> None:
    found = operation_depths(parse("query A { a } query B { a { b } }"))
    assert [(node.name.value, deep) for node, deep in found.items() if node.name] == [("A", 1), ("B", 2)]


def test_the_work_is_linear_where_spreads_multiply() -> None:
    # Written out, the last fragment would be reached in 2**300 ways.
    chain = "".join(f"fragment F{n} on T {{ a {{ ...F{n + 1} }} b {{ ...F{n + 1} }} }}\n" for n in range(300))
    document = parse("{ ...F0 }" + chain + "fragment F300 on T { end }")
    begin = time.perf_counter()
    assert list(operation_depths(document).values()) == [301]
    assert time.perf_counter() - begin < 1


def naive(document: DocumentNode) -> int:
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}

    def count(selections: object) -> int:
        deepest = 0
        for node in getattr(selections, "selections", ()):
            if isinstance(node, FragmentSpreadNode):
                deepest = max(deepest, count(fragments[node.name.value].selection_set))
            elif isinstance(node, FieldNode):
                if not node.name.value.startswith("__"):
                    deepest = max(deepest, 1 + count(node.selection_set))
            else:
                deepest = max(deepest, count(getattr(node, "selection_set", None)))
        return deepest

    (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return count(operation.selection_set)


FRAGMENTS = 4


def selections(level: int) -> st.SearchStrategy[str]:
    """Selections in which fragment `level` spreads only later ones, so that there are no circles."""
    leaves = [st.just("a"), st.just("__typename")] + [st.just(f"...F{n}") for n in range(level, FRAGMENTS)]
    return st.recursive(
        st.lists(st.one_of(leaves), min_size=1, max_size=3).map(" ".join),
        lambda inner: st.lists(
            st.one_of(
                inner,
                inner.map(lambda s: f"b {{ {s} }}"),
                inner.map(lambda s: f"... {{ {s} }}"),
                inner.map(lambda s: f"__x {{ {s} }}"),
            ),
            min_size=1,
            max_size=3,
        ).map(" ".join),
        max_leaves=8,
    )


@given(st.tuples(selections(0), *(selections(n + 1) for n in range(FRAGMENTS))))
def test_it_is_what_a_naive_count_finds(parts: tuple[str, ...]) -> None:
    text = f"{{ {parts[0]} }}" + "".join(f" fragment F{n} on T {{ {part} }}" for n, part in enumerate(parts[1:]))
    document = parse(text)
    assert list(operation_depths(document).values()) == [naive(document)]
