"""Answers that need not be sent again: entity tags made of what an answer depends on, and Cache-Control.

An answer to a query depends on the graph's revision, the document and its variables, the form it is asked in
and who asks. So its tag (RFC 9110, 8.8.3) is known before it is executed, and whoever has that answer is told
so (304) without a look at the data but for the revision. Tags are weak: a compressed answer has the same.
"""

from collections.abc import Mapping
from hashlib import sha256

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)
from starlette.requests import Request
from starlette.responses import Response

from graph_api.domain.access import Access

_PASSING = "AnalysisRun"
"""Objects of this type change while the graph does not, and so do lists of them."""
FRESH = "no-store"


def passing_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Return the names of the fields that lead to what changes while the graph does not."""
    return frozenset(
        name
        for kind in schema.type_map.values()
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) and not kind.name.startswith(_PASSING)
        for name, field in kind.fields.items()
        if get_named_type(field.type).name.startswith(_PASSING)
    )


def is_lasting(document: DocumentNode, passing: frozenset[str]) -> bool:
    """Tell whether the answer to a document changes only when the graph does; False where that is not sure."""
    waiting: list[SelectionSetNode] = []
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode) and definition.type_condition.name.value == _PASSING:
            return False
        waiting.append(definition.selection_set)  # type: ignore[attr-defined]  # all others are operations
    while waiting:
        for node in waiting.pop().selections:
            below: SelectionSetNode | None = None
            if isinstance(node, FieldNode):
                # An id that is looked up may be that of a run.
                if node.name.value in passing or (node.name.value == "node" and node.arguments):
                    return False
                below = node.selection_set
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is not None and node.type_condition.name.value == _PASSING:
                    return False
                below = node.selection_set
            if below is not None:
                waiting.append(below)
    return True


def tag_of(*parts: object) -> str:
    """Return the entity tag of what depends on these parts alone."""
    return f'W/"{sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the client has the answer with this tag (RFC 9110, 13.1.2)."""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    opaque = tag.removeprefix("W/")
    return any(part.strip().removeprefix("W/") in (opaque, "*") for part in given.split(","))


def not_modified(headers: Mapping[str, str]) -> Response:
    """Return the answer for who has it already."""
    return Response(status_code=304, headers=headers)


def cache_control(access: Access, *, is_public: bool, seconds: int) -> str:
    """Return who may keep an answer and for how long without asking.

    Args:
        access: of who asked.
        is_public: whether everybody may read.
        seconds: for which it may be kept.
    """
    if access.scope is not None or not is_public:
        return "private, no-cache"
    return f"public, max-age={seconds}" if seconds else "no-cache"


def with_tag(request: Request, response: Response) -> Response:
    """Return a page with a tag made of its text, or that the client has it already."""
    tag = f'W/"{sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["etag"] = tag
    if not is_known(request, tag):
        return response
    kept = ("cache-control", "content-security-policy", "etag", "vary")
    return not_modified({name: response.headers[name] for name in kept if name in response.headers})
