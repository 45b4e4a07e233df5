"""Lists under an entity take the filter and the order of their kind's own list, and answer as that does."""

import pytest

from tests.schema.asking import Ask

CASES = {
    "tool": ("platforms", "films", "films", "madeWith", "{year: {gte: 2025}}", "{field: YEAR, direction: DESC}"),
    "company": ("organizations", "films", "films", "organization", '{title: {contains: "a"}}', "{field: RECOGNITIONS}"),
    "topic": ("topics", "films", "films", "topic", '{title: {startsWith: "y"}}', "{field: TITLE, direction: DESC}"),
    "editions": (
        "festivals",
        "editions",
        "festivalEditions",
        "festival",
        "{year: {gte: 2024}}",
        "{field: YEAR, direction: DESC}",
    ),
    "said of": ("topics", "statements", "statements", "topic", "{statementKinds: [FORECAST]}", "{field: DEGREE}"),
    "said by": ("people", "statements", "statements", "speaker", '{stance: {eq: "hopeful"}}', "{field: DEGREE}"),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_nested_list_is_the_kinds_own_list_of_what_belongs_to_the_parent(ask: Ask, case: str) -> None:
    parents, field, root, link, where, order = CASES[case]
    nested = f"{field}(first: 100, filter: {where}, orderBy: [{order}]) {{ nodes {{ id }} }}"
    most = "orderBy: {field: DEGREE, direction: DESC}"
    found = await ask(
        f"{{ {parents}(first: 60, {most}) {{ nodes {{ id plain: {field} {{ totalCount }} {nested} }} }} }}"
    )
    is_cut = False
    for parent in found[parents]["nodes"]:
        both = f'{{and: [{where}, {{{link}: "{parent["id"]}"}}]}}'
        own = await ask(f"{{ {root}(first: 100, filter: {both}, orderBy: [{order}]) {{ nodes {{ id }} }} }}")
        assert parent[field]["nodes"] == own[root]["nodes"]
        is_cut = is_cut or 0 < len(parent[field]["nodes"]) < parent["plain"]["totalCount"]
    assert is_cut


async def test_events_at_any_depth_are_filtered_and_ordered(ask: Ask) -> None:
    order = "orderBy: [{field: NAME, direction: DESC}]"
    all_, some = "events(first: 100)", f'events(first: 100, filter: {{name: {{contains: "q&a"}}}}, {order})'
    of = 'event(slug: "the-future-of-filmmaking-with-ai")'
    query = f"{{ {of} {{ all: {all_} {{ nodes {{ name }} }} some: {some} {{ nodes {{ name }} }} }} }}"
    found = (await ask(query))["event"]
    names = [node["name"] for node in found["all"]["nodes"]]
    asked = [node["name"] for node in found["some"]["nodes"]]
    assert asked == sorted((name for name in names if "Q&A" in name), reverse=True)
    assert 0 < len(asked) < len(names)
