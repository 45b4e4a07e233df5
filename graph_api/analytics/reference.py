"""The tables of docs/analyses.md, made from the catalogues: `python -m graph_api.analytics.reference FILE`.

The file's parts between `<!-- NAME begin -->` and `<!-- NAME end -->` are written anew; a test tells when they are old.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from graph_api.analytics.communities import ALGORITHMS
from graph_api.analytics.engines import ENGINES
from graph_api.analytics.export import FORMATS
from graph_api.analytics.measures.catalogue import MEASURES
from graph_api.analytics.parameters import Parameter
from graph_api.analytics.similarity import SIMILARITIES
from graph_api.analytics.spec import PROJECTIONS

_YEN = "10.1287/mnsc.17.11.712"
_DIJKSTRA = "10.1007/BF01386390"
_BRANDES = "10.1080/0022250X.2001.9990249"
_NEWMAN = "10.1103/PhysRevE.67.026126"


def tables() -> Mapping[str, str]:
    """Return the Markdown of each table by its name."""
    references = {"PATHS": _YEN, "DISTANCES": _DIJKSTRA, "EXPLAINED": _BRANDES, "MIXING": _NEWMAN, **_references()}
    return {
        "projections": _table(
            ("projection", "nodes", "a tie joins", "COUNT weight", "takes"),
            (
                (f"`{p.projection}`", p.nodes, p.ties, p.weight, ", ".join(sorted(p.takes - {"newman"})))
                for p in PROJECTIONS.values()
            ),
        ),
        "measures": _table(
            ("measure", "a high score means", "direction", "weights", "disconnected graphs", "normalisation", "time"),
            (
                (f"`{m.measure}`", m.meaning, m.directed, m.weights, m.disconnected, m.normalisation, m.complexity)
                for m in MEASURES.values()
            ),
        ),
        "parameters": _table(
            ("of", "parameter", "type", "default", "values", "what it does"),
            (
                *((f"`{m.measure}`", *_parameter(p)) for m in MEASURES.values() for p in m.parameters),
                *((f"`{a.algorithm}`", *_parameter(p)) for a in ALGORITHMS.values() for p in a.parameters),
            ),
        ),
        "communities": _table(
            ("algorithm", "what it does", "reference"),
            ((f"`{a.algorithm}`", a.description, _doi(a.reference)) for a in ALGORITHMS.values()),
        ),
        "similarities": _table(
            ("measure", "score", "reference"),
            ((f"`{s.measure}`", s.meaning, _doi(s.reference)) for s in SIMILARITIES.values()),
        ),
        "engines": _table(
            ("analysis", "engine", "why", "reference"),
            ((f"`{name}`", engine.name, engine.reason, _doi(references[name])) for name, engine in ENGINES.items()),
        ),
        "formats": _table(
            ("ending", "format", "media type", "read by"),
            ((f"`.{f.ending}`", f.title, f"`{f.media_type}`", f.readers) for f in FORMATS.values()),
        ),
    }


def rewritten(text: str) -> str:
    """Return a document with its tables made anew."""
    for name, table in tables().items():
        mark = re.compile(rf"(<!-- {name} begin -->\n).*?(<!-- {name} end -->)", re.DOTALL)
        text = mark.sub(lambda found, table=table: f"{found[1]}\n{table}\n{found[2]}", text)  # type: ignore[misc]
    return text


def _references() -> dict[str, str]:
    return {
        **{measure.value: record.reference for measure, record in MEASURES.items()},
        **{algorithm.value: record.reference for algorithm, record in ALGORITHMS.items()},
        **{similarity.value: record_.reference for similarity, record_ in SIMILARITIES.items()},
    }


def _parameter(parameter: Parameter) -> tuple[str, ...]:
    default = "required" if parameter.required else f"`{_literal(parameter.default)}`"
    return (f"`{parameter.name}`", parameter.type, default, parameter.wanted, parameter.description)


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _doi(doi: str) -> str:
    return f"[{doi}](https://doi.org/{doi})"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(rewritten(target.read_text(encoding="utf-8")), encoding="utf-8")
