"""What `communities` finds, as a table, data and a plot."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from graph_api.analytics import requests
from graph_api.analytics.communities import ALGORITHMS, CommunityAlgorithm
from graph_api.analytics.service import Analyses
from graph_api.analytics.spec import ProjectionSpec
from graph_api.cli import finding
from graph_api.cli.output import Answer, Column, Row, Table, hint
from graph_api.cli.runs import about, finish, hint_if_empty, run_data
from graph_api.domain.records import Entity
from graph_api.store.base import Store

if TYPE_CHECKING:
    from graph_api.analytics.communities import Communities
    from graph_api.analytics.projection import ProjectedGraph

_NAMED = 5
"""Members a table names."""
_COLUMNS = (
    Column("community", "no.", is_number=True),
    Column("size", "size", is_number=True),
    Column("members", "most connected members"),
)
_MEMBER_COLUMNS = (
    Column("community", "community"),
    Column("entity", "entity"),
    Column("name", "name"),
    Column("score", "score"),
    Column("id", "id"),
)


async def found_communities(
    store: Store,
    analyses: Analyses,
    algorithm: CommunityAlgorithm,
    spec: ProjectionSpec,
    parameters: Mapping[str, object],
    top: int,
    plot: Path | None,
) -> Answer:
    """Return the communities of a projection."""
    title = f"{ALGORITHMS[algorithm].title} of {spec.name.lower()}"
    finished = await finish(analyses, requests.communities(algorithm, spec, parameters), title)
    hint_if_empty(finished.run)
    shown = finished.result.communities[:top]
    ids = [id_ for community in shown for id_ in community.members]
    names = await finding.named(store, ids)
    rows: list[Row] = []
    members: list[Row] = []
    data: list[dict[str, object]] = []
    for community in shown:
        named = [names[id_].name for id_ in community.members[:_NAMED]]
        more = f" and {len(community.members) - _NAMED} more" if len(community.members) > _NAMED else ""
        rows.append({"community": community.index, "size": len(community.members), "members": ", ".join(named) + more})
        scored = zip(community.members, community.scores.tolist(), strict=True)
        listed = [
            {"entity": finding.reference(names[id_]), "name": names[id_].name, "score": score, "id": id_}
            for id_, score in scored
        ]
        members += [{"community": community.index, **row} for row in listed]
        data.append({"index": community.index, "size": len(community.members), "members": listed})
    count, modularity = len(finished.result.communities), finished.result.modularity
    title = f"{count} communities, {ALGORITHMS[algorithm].title}"
    if plot:
        graph = await analyses.projection(spec)
        _draw(plot, title, about(finished.run), finished.result, graph, names)
    value = f"modularity {modularity:.4g}" if modularity is not None else "no ties"
    caption = f"{len(shown)} of {count}" if count > len(shown) else ""
    everything = {"run": run_data(finished.run), "modularity": modularity, "count": count, "communities": data}
    heading = [title, f"{value} · {about(finished.run)}"]
    return Answer([Table(_COLUMNS, rows, caption=caption)], everything, heading, Table(_MEMBER_COLUMNS, members))


def _draw(
    plot: Path, title: str, subtitle: str, found: "Communities", graph: "ProjectedGraph", names: Mapping[str, Entity]
) -> None:
    from graph_api.cli.network import Group, communities

    groups = [
        Group([(id_, names[id_].name) for id_ in community.members if id_ in names], len(community.members))
        for community in found.communities
    ]
    ties = zip(graph.sources.tolist(), graph.targets.tolist(), graph.weights.tolist(), strict=True)
    communities(
        plot, title, subtitle, groups, [(graph.ids[s], graph.ids[t], w) for s, t, w in ties if graph.ids[s] in names]
    )
    hint(f"drawn to {plot}")
