"""What an operation counts and costs does not depend on how it is written: with fragments or without, in any order."""

from dataclasses import replace
from random import Random

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    visit,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.validation.limits import ANALYSIS_COSTS
from schema.validation.measures import Cost, Counts, Measured
from schema.validation.walk import Types
from tests.http.junk import Junk
from tests.schema.asking import the_schema

TYPES = Types(the_schema()._schema, 100, ANALYSIS_COSTS)
SIZES = {"a": 7, "b": 30, "c": None}


class _Inlined(Visitor):
    """Puts each fragment in the place of its spread."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self._fragments = fragments

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> InlineFragmentNode:
        fragment = self._fragments[node.name.value]
        return InlineFragmentNode(
            type_condition=fragment.type_condition,
            directives=node.directives,
            selection_set=visit(fragment.selection_set, self),
        )


def inlined(document: DocumentNode) -> DocumentNode:
    """The same document without fragments, each written out as often as it is spread."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    operations = tuple(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    made: DocumentNode = visit(DocumentNode(definitions=operations), _Inlined(fragments))
    return made


def measured(document: DocumentNode) -> tuple[Counts, Cost]:
    found = Measured(document, TYPES)
    ((operation, counts),) = found.counts.items()
    return counts, found.costing(operation).cost(SIZES)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**63))
def test_fragments_count_as_what_they_stand_for(seed: int) -> None:
    random = Random(seed)
    text = Junk(TYPES.schema, random).document()  # type: ignore[arg-type]
    document = parse(text, no_location=True)
    assert measured(document) == measured(inlined(document))
    # Neither does the order of definitions matter, nor that nobody spreads some.
    shuffled = list(document.definitions)
    random.shuffle(shuffled)
    assert measured(DocumentNode(definitions=tuple(shuffled))) == measured(document)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**63), times=st.integers(2, 4))
def test_what_is_asked_several_times_counts_so_often(seed: int, times: int) -> None:
    (operation, *fragments) = parse(Junk(TYPES.schema, Random(seed)).document(), no_location=True).definitions  # type: ignore[arg-type]
    assert isinstance(operation, OperationDefinitionNode)
    once, cost = measured(DocumentNode(definitions=(operation, *fragments)))
    selections = operation.selection_set.selections * times
    more = replace(operation, selection_set=replace(operation.selection_set, selections=selections))
    several, costs = measured(DocumentNode(definitions=(more, *fragments)))
    assert (several.fields, several.aliases, several.depth) == (times * once.fields, times * once.aliases, once.depth)
    assert costs.cost == min(10**9, times * cost.cost)
