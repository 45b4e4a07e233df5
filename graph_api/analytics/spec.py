"""What graph an analysis is made on: the definition of a projection, its canonical form and hash.

A definition is a value. Two that mean the same have the same canonical JSON, whatever the order
in which roles or kinds were given, and so the same hash; the hash and the graph's revision name
a projection in caches and run records.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from graph_api.domain.catalogue import CreditRole, Kind, Relation
from graph_api.domain.query import EVERYTHING, Filter, YearSpan
from graph_api.errors import BadInput


class Projection(StrEnum):
    """The graphs that analyses are made on."""

    COLLABORATION = "COLLABORATION"
    CO_PARTICIPATION = "CO_PARTICIPATION"
    PERSON_FILM = "PERSON_FILM"
    FESTIVAL_FILM = "FESTIVAL_FILM"
    CO_RECOGNITION = "CO_RECOGNITION"
    EVERYTHING = "EVERYTHING"


class WeightScheme(StrEnum):
    """What a tie's weight says: nothing (1), how many things are shared, or Newman's 1/(people on it - 1) of each."""

    NONE = "NONE"
    COUNT = "COUNT"
    NEWMAN = "NEWMAN"


DEFAULT_ROLES = tuple(sorted(role for role in CreditRole if role is not CreditRole.FEATURED))
"""Who appears only as themselves did not work on the film."""


@dataclass(frozen=True, slots=True)
class ProjectionRecord:
    """What the reference says of a projection, and which parts of a definition it takes."""

    projection: Projection
    nodes: str
    ties: str
    weight: str
    takes: frozenset[str]


_P = Projection
PROJECTIONS: Mapping[Projection, ProjectionRecord] = MappingProxyType(
    {
        record.projection: record
        for record in (
            ProjectionRecord(
                _P.COLLABORATION,
                "people with a credit",
                "two people credited on the same film",
                "films together, each once whatever the number of credits; NEWMAN: each film adds 1/(people on it - 1)",
                frozenset({"roles", "years", "film", "newman"}),
            ),
            ProjectionRecord(
                _P.CO_PARTICIPATION,
                "people who took part in an event",
                "two people who took part in the same event",
                "events together; NEWMAN: each event adds 1/(people at it - 1)",
                frozenset({"years", "newman"}),
            ),
            ProjectionRecord(
                _P.PERSON_FILM,
                "people and films",
                "a person credited on a film",
                "credits of the person on the film",
                frozenset({"roles", "years", "film"}),
            ),
            ProjectionRecord(
                _P.FESTIVAL_FILM,
                "festivals and films",
                "a film screened or recognised at an edition of the festival, or at an event that is part of it",
                "screenings and recognitions of the film at the festival",
                frozenset({"years", "film", "relations"}),
            ),
            ProjectionRecord(
                _P.CO_RECOGNITION,
                "recognised films; with kinds [PERSON] the people who received recognitions",
                "two recognised for the same award at the same edition (where no edition is known: in the same year)",
                "editions of awards together; NEWMAN: each adds 1/(nodes it joins - 1)",
                frozenset({"years", "film", "kinds", "newman"}),
            ),
            ProjectionRecord(
                _P.EVERYTHING,
                "entities of the chosen kinds with a chosen relationship",
                "any relationship of the chosen relations, directed as stored",
                "parallel relationships; measures without direction add both directions",
                frozenset({"roles", "years", "film", "kinds", "relations"}),
            ),
        )
    }
)

_FESTIVAL_RELATIONS = (Relation.RECOGNIZED_FOR, Relation.SCREENED_AT)


@dataclass(frozen=True, slots=True)
class ProjectionSpec:
    """The definition of a projection.

    Attributes:
        name: which graph.
        roles: credits in these roles count (empty: all but FEATURED).
        years: of the films; of the events (CO_PARTICIPATION), the editions (FESTIVAL_FILM), the
            recognitions (CO_RECOGNITION); of films, editions and recognitions (EVERYTHING). What has
            no known year is left out where a year is asked for.
        weight: what a tie's weight says.
        relations: EVERYTHING: these only (empty: all); FESTIVAL_FILM: SCREENED_AT, RECOGNIZED_FOR or both.
        kinds: EVERYTHING: entities of these kinds (empty: all); CO_RECOGNITION: FILM or PERSON.
        cited_only: leaves out relationships without a citation.
        film: only films that match.
        undisputed: leaves out relationships that are uncertain, and those of entities about which sources disagree.
        revision: of the graph as it was then (None: as it is now).

    Raises:
        BadInput: a part is given that the projection has no use for.
    """

    name: Projection = Projection.COLLABORATION
    roles: tuple[CreditRole, ...] = ()
    years: YearSpan = YearSpan()
    weight: WeightScheme = WeightScheme.COUNT
    relations: tuple[Relation, ...] = ()
    kinds: tuple[Kind, ...] = ()
    cited_only: bool = False
    film: Filter = EVERYTHING
    undisputed: bool = False
    revision: int | None = None

    def __post_init__(self) -> None:
        takes = PROJECTIONS[self.name].takes
        given = {
            "roles": bool(self.roles),
            "years": self.years != YearSpan(),
            "relations": bool(self.relations),
            "kinds": bool(self.kinds),
            "film": self.film != EVERYTHING,
        }
        for part, is_given in given.items():
            if is_given and part not in takes:
                can = ", ".join(name for name, record in PROJECTIONS.items() if part in record.takes)
                raise BadInput(
                    f"the projection {self.name} takes no {part}; leave it out, or choose one of {can}", argument=part
                )
        if self.weight is WeightScheme.NEWMAN and "newman" not in takes:
            raise BadInput(f"the projection {self.name} has no weight NEWMAN; choose COUNT or NONE", argument="weight")
        self._check_choices()
        first, last = self.years.first, self.years.last
        if first is not None and last is not None and first > last:
            raise BadInput(f"years run from {first} to {last}; give the earlier one first", argument="years")

    def _check_choices(self) -> None:
        if self.name is Projection.FESTIVAL_FILM and not set(self.relations) <= set(_FESTIVAL_RELATIONS):
            raise BadInput("relations of FESTIVAL_FILM can be SCREENED_AT and RECOGNIZED_FOR", argument="relations")
        if self.name is Projection.CO_RECOGNITION and not set(self.kinds) <= {Kind.FILM, Kind.PERSON}:
            raise BadInput("kinds of CO_RECOGNITION can be FILM or PERSON", argument="kinds")

    @property
    def counted_roles(self) -> tuple[CreditRole, ...]:
        """The roles in which a credit counts, in order."""
        return tuple(sorted(set(self.roles))) or DEFAULT_ROLES

    @property
    def tied_kind(self) -> Kind:
        """Of CO_RECOGNITION: whether films or people are tied."""
        return Kind.PERSON if Kind.PERSON in self.kinds else Kind.FILM

    def canonical(self) -> dict[str, object]:
        """Return the definition as JSON-ready values, defaults written out; what has no effect is null.

        `undisputed` and `revision` are there only where they are asked for, so that names of projections made before
        there were these still hold.
        """
        takes = PROJECTIONS[self.name].takes
        kinds: list[str] | None = None
        if self.name is Projection.CO_RECOGNITION:
            kinds = [self.tied_kind.value]
        elif self.kinds:
            kinds = sorted({kind.value for kind in self.kinds})
        relations = self.relations or (_FESTIVAL_RELATIONS if self.name is Projection.FESTIVAL_FILM else ())
        return {
            "name": self.name.value,
            "roles": [role.value for role in self.counted_roles] if "roles" in takes else None,
            "years": [self.years.first, self.years.last],
            "weight": self.weight.value,
            "relations": sorted({relation.value for relation in relations}) or None,
            "kinds": kinds,
            "citedOnly": self.cited_only,
            "film": None if self.film == EVERYTHING else plain(self.film),
            **({"undisputed": True} if self.undisputed else {}),
            **({} if self.revision is None else {"revision": self.revision}),
        }

    @property
    def hash(self) -> str:
        """Name the definition: sha256 over its canonical JSON."""
        return canonical_hash(self.canonical())


def plain(value: object) -> object:
    """Return a tree of dataclasses, mappings and tuples as JSON-ready values, each record with its type."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__, **{f.name: plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def canonical_hash(value: object) -> str:
    """Return sha256 over a JSON-ready value, keys in order."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
