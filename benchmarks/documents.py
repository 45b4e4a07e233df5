"""The GraphQL requests that are measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        title: what it asks for, for people.
        target: how many times as fast as plain Strawberry with DataLoaders ours has to be, over HTTP.
        target_in_process: the same without HTTP.
        is_list: whether it counts for the comparison with the rows dumped by hand.
    """

    name: str
    title: str
    query: str
    target: float
    target_in_process: float
    variables: Mapping[str, Any] = field(default_factory=dict)
    is_list: bool = True

    @property
    def body(self) -> bytes:
        """The request's body."""
        return orjson.dumps({"query": self.query, "variables": self.variables})


def documents(film: str, person: str) -> tuple[Asked, ...]:
    """Return the requests about a film and a person, given by their slugs."""
    return (
        Asked(
            "film", "one film, 10 fields",
            """query Film($slug: String!) {
  film(slug: $slug) { id slug title filmKind status year releasedOn runtimeMinutes genres aiUse }
}""",
            2.5, 3.5, {"slug": film}, is_list=False,
        ),
        Asked(
            "credits", "50 films x 20 credits x person",
            """query Credits($films: Int!, $credits: Int!) {
  films(first: $films) { nodes { title year credits(first: $credits) { nodes { role character person { name } } } } }
}""",
            11, 14, {"films": 50, "credits": 20},
        ),
        Asked(
            "people", "1,000 people",
            """query People($people: Int!) { people(first: $people) { nodes { id slug name } } }""",
            12, 17, {"people": 1_000},
        ),
        Asked(
            "person", "person, 20 films, 10 cast each, people",
            """query PersonFilmsCast($slug: String!, $films: Int!, $cast: Int!) {
  person(slug: $slug) {
    name
    films(first: $films) {
      nodes { title year credits(roles: [CAST], first: $cast) { nodes { character person { name } } } }
    }
  }
}""",
            9, 12, {"slug": person, "films": 20, "cast": 10},
        ),
        # The same as clients made for Relay ask it, by edges and with ids; the targets were found with such queries.
        Asked(
            "credit-edges", "50 films x 20 credits x person, by edges",
            """query CreditEdges($films: Int!, $credits: Int!) {
  films(first: $films) {
    edges { node { id title year
      credits(first: $credits) { edges { node { role character order person { id name } } } }
    } }
  }
}""",
            11, 14, {"films": 50, "credits": 20},
        ),
        Asked(
            "person-edges", "person, 20 films, 10 cast each, people, by edges",
            """query PersonEdges($slug: String!, $films: Int!, $cast: Int!) {
  person(slug: $slug) {
    id name
    films(first: $films) {
      edges { node { id title year
        credits(roles: [CAST], first: $cast) { edges { node { character order person { id name } } } }
      } }
    }
  }
}""",
            9, 12, {"slug": person, "films": 20, "cast": 10},
        ),
    )  # fmt: skip


def large(films: int) -> Asked:
    """Return the request whose answer has 10,000 objects or more, with so many films."""
    return Asked(
        "large", "10,000 credits with their people",
        """query Large($films: Int!) {
  films(first: $films) { nodes { title credits(first: 100) { nodes { role character person { name } } } } }
}""",
        0, 0, {"films": films},
    )  # fmt: skip
