"""Every field of every type answers for every entity of the built-in dataset."""

import pytest

from tests.schema.asking import Ask
from tests.schema.selections import everything, types
from tests.schema.test_contract import KINDS

LISTS = {one[0].upper() + one[1:]: many for one, many in KINDS.items()} | {"Source": "sources"}


@pytest.mark.slow
@pytest.mark.parametrize("type_name", LISTS)
async def test_all_fields_of_all_entities(ask: Ask, type_name: str) -> None:
    field = LISTS[type_name]
    query = f"""query($after: String) {{ page: {field}(first: 100, after: $after) {{
      nodes {{ {everything(types()[type_name], 1)} }} pageInfo {{ hasNextPage endCursor }} totalCount }} }}"""
    after, seen = None, 0
    while True:
        page = (await ask(query, {"after": after}))["page"]
        seen += len(page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == page["totalCount"] > 0
