"""Requests that hypothesis makes: documents of the schema, with wrong values, variables and junk."""

from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    is_required_argument,
    is_required_input_field,
)

from tests.batching.random_documents import Writer

_TEXTS = ("", "imperia", "RmlsbTppbXBlcmlh", "ann", "*", '\\"', "\\u0000", "'; DROP TABLE entity; --", "%00", "x" * 300)
_JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    7,
    10**30,
    1.5,
    "",
    "x",
    "\u202e",
    [],
    [[1]],
    {},
    {"a": {"b": [None]}},
    ["x"] * 50,
)
_PIECES = ("{", "}", "(", ")", "[", "]", "...", "@", "@skip", "$", "$x", ":", "=", "!", "|", "&", '"', '"""', "#", "\n",
           "\ufeff", "\u202e", "fragment F on Film {id}", "...F", "query", "mutation", "subscription",
           "__schema{types{name}}",
           "on", "null", "true", "9" * 30, "-", "1e999", "\u0000", "\U0001f600")  # fmt: skip
_HEAVY = {"robustness", "significance", "centralityOverTime", "compareCentrality"}
"""Analyses that would take most of the time; they are asked for seldom."""


class Junk:
    """Makes requests, more or less sound, of one stream of random numbers."""

    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random

    def request(self) -> dict[str, Any]:
        """Return the body of a request."""
        random = self._random
        text = self.document("mutation" if random.random() < 0.15 else "query")
        for _ in range(random.choice((0, 0, 0, 0, 1, 1, 2, 6))):
            text = self._spoiled(text)
        body: dict[str, Any] = {"query": text, "variables": {"yes": random.random() < 0.9}}
        if random.random() < 0.2:
            body["variables"] = {
                name: self._any() for name in random.choice((("yes",), ("yes", "no"), ("no", "other")))
            }
        if random.random() < 0.05:
            body[random.choice(("variables", "operationName", "extensions", "query"))] = self._any()
        if random.random() < 0.2:
            body["extensions"] = {"cost": self._any()}
        return body

    def document(self, operation: str = "query") -> str:
        """Return a document of one operation, with values that may be wrong and no other fault."""
        writer = Writer(self._schema, self._random, self._arguments, depth=self._random.randint(2, 6))
        return writer.document(operation, self._random.randint(1, 4))

    def _any(self) -> Any:
        return self._random.choice(_JUNK)

    def _spoiled(self, text: str) -> str:
        random = self._random
        at, end = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
        match random.randrange(4):
            case 0:
                return text[:at] + random.choice(_PIECES) + text[at:]
            case 1:
                return text[:at] + text[min(end, at + 20) :]
            case 2:
                return text[:at] + text[at:end] * 2 + text[end:]
            case _:
                old, new = random.sample(("films", "nodes", "first", "id", "name", "Film", "20", "{"), 2)
                return text.replace(old, new, 1)

    def _arguments(self, random: Random, field: GraphQLField, name: str) -> str:
        if name in _HEAVY and random.random() < 0.95:
            return ""
        given = [
            f"{key}: {self._value(argument.type, 3)}"
            for key, argument in field.args.items()
            if is_required_argument(argument) or random.random() < 0.25
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, kind: GraphQLInputType, depth: int) -> str:
        random = self._random
        if random.random() < 0.03:
            return random.choice(("null", "$yes", "$other", '"x"', "X", "-1", "{}", "[]", "[[null]]", "1e400"))
        match kind:
            case GraphQLNonNull():
                return self._value(kind.of_type, depth)
            case GraphQLList():
                return "[" + ", ".join(self._value(kind.of_type, depth - 1) for _ in range(random.randint(0, 3))) + "]"
            case GraphQLEnumType():
                return str(random.choice(list(kind.values)))
            case GraphQLInputObjectType():
                fields = [
                    f"{name}: {self._value(field.type, depth - 1)}"
                    for name, field in kind.fields.items()
                    if is_required_input_field(field) or (depth > 0 and random.random() < 0.2)
                ]
                return "{" + ", ".join(fields) + "}"
            case _:
                return self._scalar(kind.name)

    def _scalar(self, name: str) -> str:
        random = self._random
        match name:
            case "Int":
                return str(random.choice((0, 1, 2, 3, 5, 20, 100, 101, -1, 2**31)))
            case "Float":
                return random.choice(("0.5", "1", "0", "-1.5", "1e300"))
            case "Boolean":
                return random.choice(("true", "false"))
            case _:
                return f'"{random.choice(_TEXTS)}"'
