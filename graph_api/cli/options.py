"""Options that several commands share, and how their words are read.

Enumerated words are taken in any case, with `-` for `_`, several separated by commas: `--roles
director,writer`. What can't be read is a usage error that names what can.
"""

import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from enum import StrEnum
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import typer

from graph_api.cli.output import Format

if TYPE_CHECKING:
    from graph_api.analytics.spec import ProjectionSpec
    from graph_api.domain.query import YearSpan

E = TypeVar("E", bound=StrEnum)


def one_of(choices: type[E], word: str, option: str) -> E:
    """Return the member a word names.

    Raises:
        typer.BadParameter: none is called so.
    """
    name = word.strip().upper().replace("-", "_")
    if name in choices.__members__:
        return choices[name]
    close = get_close_matches(name, choices.__members__, n=1)
    known = f"did you mean {close[0].lower()}?" if close else f"choose one of {', '.join(choices.__members__).lower()}"
    raise typer.BadParameter(f"{word!r} is not known; {known}", param_hint=option)


def some_of(choices: type[E], words: Iterable[str] | None, option: str) -> tuple[E, ...]:
    """Return the members that words name, several in one where commas separate them."""
    return tuple(one_of(choices, word, option) for text in words or () for word in text.split(",") if word.strip())


def year_span(text: str | None, option: str = "--years") -> "YearSpan":
    """Return the years that `2020..2025`, `2020..`, `..2025` or `2025` names."""
    from graph_api.domain.query import YearSpan

    if text is None:
        return YearSpan()
    first, separator, last = text.partition("..")
    try:
        span = YearSpan(int(first) if first else None, int(last) if last else None)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} are no years; write 2020..2025, 2020.., ..2025 or 2025", param_hint=option
        ) from None
    return span if separator else YearSpan(span.first, span.first)


def completer(module: str, enumeration: str) -> Callable[[str], list[str]]:
    """Return what completes a word of an enumeration, also the last of several; its module is loaded then only."""

    def complete(incomplete: str) -> list[str]:
        choices: type[StrEnum] = getattr(import_module(module), enumeration)
        done, comma, word = incomplete.rpartition(",")
        begin = word.lower().replace("-", "_")
        return [f"{done}{comma}{name}" for name in map(str.lower, choices.__members__) if name.startswith(begin)]

    return complete


_CATALOGUE, _SPEC = "graph_api.domain.catalogue", "graph_api.analytics.spec"
complete_projection = completer(_SPEC, "Projection")
FormatOption: TypeAlias = Annotated[
    Format | None,
    typer.Option(
        "--format", "-f", case_sensitive=False, help="How to print: by default a table on a terminal, JSON in a pipe."
    ),
]
DatabaseOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--database",
        "-d",
        metavar="PLACE",
        help="The graph's file, or an address as neo4j://user@host:7687/name; else FILMGRAPH_DATABASE, "
        "else graph.db in your data folder.",
    ),
]
KindsOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        "-k",
        metavar="KIND",
        autocompletion=completer(_CATALOGUE, "Kind"),
        help="Only these kinds: person, film, festival, ...",
    ),
]
RelationsOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--relations",
        metavar="RELATION,...",
        autocompletion=completer(_CATALOGUE, "Relation"),
        help="Only these relations: credited_on, screened_at, ...",
    ),
]
complete_measure = completer("graph_api.analytics.measures.catalogue", "CentralityMeasure")
MeasureArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="MEASURE", autocompletion=complete_measure, help="As for `filmgraph rank`.")
]
TopOption: TypeAlias = Annotated[int, typer.Option("--top", "-n", min=1, max=1_000, help="At most so many.")]
PROJECTIONS = "collaboration, co_participation, co_recognition, person_film, festival_film or everything"
ProjectionOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--projection",
        "-p",
        metavar="PROJECTION",
        autocompletion=complete_projection,
        help=f"Which graph to make of the data: {PROJECTIONS}.",
    ),
]
RolesOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--roles",
        metavar="ROLE,...",
        autocompletion=completer(_CATALOGUE, "CreditRole"),
        help="Only credits in these roles: director, writer, cast, ...",
    ),
]
YearsOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--years", metavar="FROM..TO", help="Only these years: 2020..2025, 2020.., ..2025 or 2025."),
]
WeightOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--weight",
        metavar="WEIGHT",
        autocompletion=completer(_SPEC, "WeightScheme"),
        help="What a tie's weight counts: count (things shared), newman (large casts count less) or none.",
    ),
]
CitedOption: TypeAlias = Annotated[bool, typer.Option("--cited-only", help="Leave out what has no citation.")]
UndisputedOption: TypeAlias = Annotated[
    bool,
    typer.Option("--undisputed", help="Leave out what is uncertain, and all of entities about which sources disagree."),
]
RevisionOption: TypeAlias = Annotated[
    int | None,
    typer.Option("--revision", metavar="N", min=0, help="Of the graph as it was at this revision (filmgraph log)."),
]
ParametersOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="A parameter of the analysis; can be given several times."),
]


def projection_spec(
    projection: str,
    roles: Iterable[str] | None = None,
    years: str | None = None,
    weight: str = "count",
    cited_only: bool = False,
    relations: Iterable[str] | None = None,
    kind: Iterable[str] | None = None,
    *,
    undisputed: bool = False,
    revision: int | None = None,
) -> "ProjectionSpec":
    """Return the projection that options define."""
    from graph_api.analytics.spec import Projection, ProjectionSpec, WeightScheme
    from graph_api.domain.catalogue import CreditRole, Kind, Relation

    return ProjectionSpec(
        one_of(Projection, projection, "--projection"),
        some_of(CreditRole, roles, "--roles"),
        year_span(years),
        one_of(WeightScheme, weight, "--weight"),
        some_of(Relation, relations, "--relations"),
        some_of(Kind, kind, "--kind"),
        cited_only,
        undisputed=undisputed,
        revision=revision,
    )


_OPTIONS = tuple(
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)
    for name, option, default in (
        ("projection", ProjectionOption, "collaboration"),
        ("roles", RolesOption, None),
        ("years", YearsOption, None),
        ("weight", WeightOption, "count"),
        ("relations", RelationsOption, None),
        ("kind", KindsOption, None),
        ("cited_only", CitedOption, False),
        ("undisputed", UndisputedOption, False),
        ("revision", RevisionOption, None),
    )
)


def of_projection(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all options that define a projection, in the place of its parameter `spec`, which they make."""
    shown = [
        option
        for own in inspect.signature(command).parameters.values()
        for option in (_OPTIONS if own.name == "spec" else (own.replace(kind=inspect.Parameter.KEYWORD_ONLY),))
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        spec = projection_spec(**{option.name: given.pop(option.name) for option in _OPTIONS})
        command(spec=spec, **given)

    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {option.name: option.annotation for option in shown}
    return run


def parameters(pairs: Iterable[str] | None) -> dict[str, object]:
    """Return the parameters that `name=value` pairs give: JSON values where they are such, else text.

    Commas separate several texts: `sources=person/a,person/b`.
    """
    import json

    found: dict[str, object] = {}
    for pair in pairs or ():
        name, separator, text = pair.partition("=")
        if not separator or not name.strip():
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE, as in alpha=0.9", param_hint="--param")
        try:
            found[name.strip()] = json.loads(text)
        except json.JSONDecodeError:
            found[name.strip()] = [part.strip() for part in text.split(",")]
    return found
