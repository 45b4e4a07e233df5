"""Parameters of analyses: declared once, checked the same everywhere, printed in the reference."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from graph_api.errors import BadInput

ParameterValue: TypeAlias = bool | int | float | tuple[str, ...] | None
Parameters: TypeAlias = Mapping[str, ParameterValue]
"""Checked parameters, each declared one present."""

MAX_IDS = 1_000
"""The most ids in one parameter: a JSON list longer than that is refused by the server too."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an analysis.

    Attributes:
        name: its key.
        type: "boolean", "integer", "number" or "ids".
        default: what it is where it is not given; a required one has none.
        description: what it does.
        low, high: bounds, both included.
        required: has to be given.
    """

    name: str
    type: str
    default: ParameterValue
    description: str
    low: float | None = None
    high: float | None = None
    required: bool = False

    def check(self, value: object) -> ParameterValue:
        """Return a value in its canonical form.

        Raises:
            BadInput: it is of another type or out of bounds.
        """
        if value is None and self.default is None and not self.required:
            return None
        if self.type == "boolean" and isinstance(value, bool):
            return value
        if self.type == "ids" and isinstance(value, Sequence) and not isinstance(value, str):
            if 1 <= len(value) <= MAX_IDS and all(isinstance(item, str) for item in value):
                return tuple(sorted(set(value)))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            number = self._number(value)
            if number is not None:
                return number
        raise BadInput(
            f"parameter {self.name} must be {self.wanted}", parameter=self.name, low=self.low, high=self.high
        )

    def _number(self, value: float) -> float | None:
        if (
            not math.isfinite(value)
            or (self.low is not None and value < self.low)
            or (self.high is not None and value > self.high)
        ):
            return None
        if self.type == "integer":
            return int(value) if value == int(value) else None
        return float(value) if self.type == "number" else None

    @property
    def wanted(self) -> str:
        """What would do, as a clause."""
        if self.type == "boolean":
            return "true or false"
        if self.type == "ids":
            return f"a list of 1 to {MAX_IDS:,} ids"
        noun = "a whole number" if self.type == "integer" else "a number"
        match self.low, self.high:
            case None, None:
                return noun
            case low, None:
                return f"{noun} of at least {low:.12g}"
            case None, high:
                return f"{noun} of at most {high:.12g}"
            case low, high:
                return f"{noun} from {low:.12g} to {high:.12g}"

    def as_json(self) -> dict[str, object]:
        """Return it as the catalogue serves it."""
        return {
            "name": self.name,
            "type": self.type,
            "default": list(self.default) if isinstance(self.default, tuple) else self.default,
            "required": self.required,
            "minimum": self.low,
            "maximum": self.high,
            "description": self.description,
        }


def check_parameters(
    title: str, declared: Sequence[Parameter], given: Mapping[str, object] | None
) -> dict[str, ParameterValue]:
    """Return the parameters of an analysis, defaults filled in, in declared order.

    Raises:
        BadInput: one that is not declared, is missing, or can't have its value.
    """
    given = given or {}
    names = [parameter.name for parameter in declared]
    for name in given:
        if name not in names:
            known = f"it takes {', '.join(names)}" if names else "it takes none"
            raise BadInput(f"{title} has no parameter {str(name)[:40]!r}; {known}", parameter=str(name)[:40])
    found: dict[str, ParameterValue] = {}
    for parameter in declared:
        if parameter.name in given:
            found[parameter.name] = parameter.check(given[parameter.name])
        elif parameter.required:
            raise BadInput(
                f"{title} needs the parameter {parameter.name}: {parameter.wanted}", parameter=parameter.name
            )
        else:
            found[parameter.name] = parameter.default
    return found


def number(parameters: Parameters, name: str) -> float:
    """Return a number among checked parameters."""
    value = parameters[name]
    assert isinstance(value, (int, float))
    return value


def whole(parameters: Parameters, name: str) -> int:
    """Return a whole number among checked parameters."""
    value = parameters[name]
    assert isinstance(value, int)
    return value


def ids_of(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Return the ids among checked parameters."""
    value = parameters[name]
    assert isinstance(value, tuple)
    return value


def flag(parameters: Parameters, name: str) -> bool:
    """Return a boolean among checked parameters."""
    return parameters[name] is True
