"""What `path` finds: paths over relations, and collaboration paths, as tables, data and plots."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath

from graph_api.analytics.spec import ProjectionSpec
from graph_api.cli import citing, finding
from graph_api.cli.output import Answer, Column, Row, Table, hint
from graph_api.domain.catalogue import Kind
from graph_api.domain.query import PathQuery
from graph_api.domain.records import Citation, Entity, Path, Relationship, Source
from graph_api.errors import BadInput
from graph_api.store.base import Store

_NONE = "no path; other relations, more years or a larger --max-length may give one"
_COLUMNS = (
    Column("path", "path", is_number=True),
    Column("step", "step", is_number=True),
    Column("from", ""),
    Column("relation", "relation"),
    Column("to", "to", "cyan"),
    Column("details", "how"),
    Column("citations", "source", "dim"),
)
_COLLABORATION_COLUMNS = (
    Column("path", "path", is_number=True),
    Column("cost", "cost", is_number=True),
    Column("from", "from", "cyan"),
    Column("to", "to", "cyan"),
    Column("weight", "weight", is_number=True),
    Column("films", "films"),
    Column("citations", "source", "dim"),
)


async def relation_paths(
    store: Store, start: str, goal: str, query: PathQuery, max_length: int, limit: int, plot: FilePath | None
) -> Answer:
    """Return the shortest paths over relations."""
    source, target = await finding.entity(store, start), await finding.entity(store, goal)
    excluded = tuple([(await finding.entity(store, text)).id for text in query.exclude])
    festivals = tuple([await _festival(store, text) for text in query.festivals])
    query = replace(query, exclude=excluded, festivals=festivals)
    found = await store.paths(source.id, target.id, query, max_length, limit)
    ids = sorted({hop.id for path in found for hop in path.hops})
    cited = dict(zip(ids, await store.citations(ids), strict=True))
    sources = await citing.sources_of(store, [c for citations in cited.values() for c in citations])
    rows: list[Row] = [
        _row(number, step, path, hop, cited, sources)
        for number, path in enumerate(found, 1)
        for step, hop in enumerate(path.hops, 1)
    ]
    title = f"{source.name} to {target.name}"
    if plot and found:
        _draw_paths(plot, title, found)
    heading = [title, *(_sentence(path) for path in found)] if found else [title, _NONE]
    data = [_data(path, cited, sources) for path in found]
    tables = [Table(_COLUMNS, rows)] if rows else []
    return Answer([*tables, citing.source_table(sources)] if sources else tables, data, heading, Table(_COLUMNS, rows))


async def _festival(store: Store, text: str) -> str:
    """Return the id of the festival that a text names."""
    own = await finding.entity(store, text)
    if own.kind is not Kind.FESTIVAL:
        raise BadInput(f"{finding.reference(own)} is no festival; write festival/SLUG")
    return own.id


def _steps(path: Path) -> list[tuple[Entity, Relationship, Entity]]:
    return list(zip(path.nodes, path.hops, path.nodes[1:], strict=False))


def _is_onward(tie: Relationship, left: Entity, right: Entity) -> bool:
    return tie.target == right.id and tie.source == left.id


def _label(tie: Relationship) -> str:
    """Return a relation as people read it, with the role it is in."""
    name = tie.type.value.lower().replace("_", " ")
    role = tie.properties.get("role") or tie.properties.get("kind")
    return f"{name}: {str(role).lower().replace('_', ' ')}" if role else name


def _sentence(path: Path) -> str:
    """Return a path in one line: "A → credited on: director → B ← ..."."""
    text = path.nodes[0].name
    for left, tie, right in _steps(path):
        arrow = "→" if _is_onward(tie, left, right) else "←"
        text += f" {arrow} {_label(tie)} {arrow} {right.name}"
    return text


def _row(
    number: int,
    step: int,
    path: Path,
    tie: Relationship,
    cited: Mapping[str, Sequence[Citation]],
    sources: Mapping[str, Source],
) -> Row:
    left, right = path.nodes[step - 1], path.nodes[step]
    return {
        "path": number,
        "step": step,
        "from": finding.reference(left),
        "relation": f"{'→' if _is_onward(tie, left, right) else '←'} {tie.type.value}",
        "to": finding.reference(right),
        "details": ", ".join(f"{name} {value}" for name, value in tie.properties.items() if not _is_id(value)),
        "citations": citing.short(cited[tie.id], sources),
    }


def _is_id(value: object) -> bool:
    from graph_api.domain.ids import decode
    from graph_api.errors import BadId

    try:
        return isinstance(value, str) and bool(decode(value))
    except BadId:
        return False


def _node(entity: Entity) -> dict[str, str]:
    return {"id": entity.id, "entity": finding.reference(entity), "name": entity.name}


def _data(path: Path, cited: Mapping[str, Sequence[Citation]], sources: Mapping[str, Source]) -> dict[str, object]:
    hops = [
        {
            "id": tie.id,
            "type": tie.type.value,
            "direction": "OUT" if _is_onward(tie, left, right) else "IN",
            "properties": dict(tie.properties),
            "citations": citing.as_data(cited[tie.id], sources),
        }
        for left, tie, right in _steps(path)
    ]
    return {"length": len(path.hops), "nodes": [_node(entity) for entity in path.nodes], "hops": hops}


def _draw_paths(plot: FilePath, title: str, found: Sequence[Path]) -> None:
    from graph_api.cli.plots import Chain, Step, chains

    drawn = [
        Chain(
            [(entity.name, entity.kind.value) for entity in path.nodes],
            [Step(_label(tie), _is_onward(tie, left, right)) for left, tie, right in _steps(path)],
        )
        for path in found
    ]
    count = f"{len(found)} shortest paths" if len(found) > 1 else "shortest path"
    lengths = sorted({len(path.hops) for path in found})
    steps = " to ".join(str(length) for length in {lengths[0]: None, lengths[-1]: None})
    chains(plot, title, f"{count} over relations, {steps} steps", drawn)
    hint(f"drawn to {plot}")


async def collaborations(
    store: Store, start: str, goal: str, spec: ProjectionSpec, limit: int, plot: FilePath | None
) -> Answer:
    """Return the collaboration paths of least cost between two people."""
    from graph_api.analytics.service import Analyses
    from graph_api.cli.progress import spinning

    source, target = await finding.entity(store, start), await finding.entity(store, goal)
    analyses = Analyses(store)
    try:
        with spinning("looking for collaborations"):
            found = (await analyses.paths(source.id, target.id, spec, limit)).result.items
    finally:
        await analyses.close()
    ids = sorted(
        {id_ for path in found for id_ in path.people} | {film for p in found for tie in p.ties for film in tie.films}
    )
    names = {entity.id: entity for entity in await store.entities(ids) if entity}
    credit_ids = sorted({credit for path in found for tie in path.ties for credit in tie.credits})
    cited = dict(zip(credit_ids, await store.citations(credit_ids), strict=True))
    sources = await citing.sources_of(store, [c for citations in cited.values() for c in citations])
    rows: list[Row] = []
    data: list[dict[str, object]] = []
    for number, path in enumerate(found, 1):
        ties: list[dict[str, object]] = []
        for tie in path.ties:
            citations = sorted({c for credit in tie.credits for c in cited[credit]})
            rows.append(
                {
                    "path": number,
                    "cost": path.cost,
                    "from": finding.reference(names[tie.source]),
                    "to": finding.reference(names[tie.target]),
                    "weight": tie.weight,
                    "films": ", ".join(names[film].name for film in tie.films),
                    "citations": citing.short(citations, sources),
                }
            )
            ties.append(
                {
                    "from": finding.reference(names[tie.source]),
                    "to": finding.reference(names[tie.target]),
                    "weight": tie.weight,
                    "films": [_node(names[film]) for film in tie.films],
                    "credits": list(tie.credits),
                    "citations": citing.as_data(citations, sources),
                }
            )
        people = [_node(names[id_]) for id_ in path.people]
        data.append({"length": len(path.ties), "cost": path.cost, "people": people, "ties": ties})
    title = f"{source.name} to {target.name}"
    if plot and found:
        _draw_collaborations(plot, title, [(p.people, [t.films for t in p.ties]) for p in found], names)
    lines = [" – ".join(names[id_].name for id_ in path.people) for path in found] or [_NONE]
    table = Table(_COLLABORATION_COLUMNS, rows)
    tables = [table, citing.source_table(sources)] if rows else []
    return Answer(tables, data, [title, *lines], table)


def _draw_collaborations(
    plot: FilePath,
    title: str,
    found: Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]],
    names: Mapping[str, Entity],
) -> None:
    from graph_api.cli.plots import Chain, Step, chains

    drawn = [
        Chain(
            [(names[id_].name, names[id_].kind.value) for id_ in people],
            [Step(", ".join(names[film].name for film in films)) for films in shared],
        )
        for people, shared in found
    ]
    chains(plot, title, "collaboration over shared films, least cost first", drawn)
    hint(f"drawn to {plot}")
