"""The plot of communities: each a disc of its members, discs packed, linked ones near each other."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from graph_api.cli.plots import FAINT, MUTED, _draw, _shortened, _title, outlined

COLOURS = (
    "#2563a8", "#c2410c", "#15803d", "#7e22ce", "#b45309", "#0e7490", "#be185d", "#4d7c0f", "#6d28d9", "#b91c1c",
    "#0f766e", "#a16207",
)  # fmt: skip
MAX_NODES = 400
"""More would be a blot, and slow to lay out."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Group:
    """A community to draw: ids and names of its members, the most central first, and how many there are in all."""

    members: Sequence[tuple[str, str]]
    size: int


def communities(
    path: Path, title: str, subtitle: str, groups: Sequence[Group], ties: Sequence[tuple[str, str, float]]
) -> None:
    """Draw communities with the ties among their members."""
    kept = _kept(groups)
    places = layout(kept, ties)
    colour_of = {id_: COLOURS[i % len(COLOURS)] for i, group in enumerate(kept) for id_, _ in group.members}
    drawn = [(s, t, w) for s, t, w in ties if s in places and t in places]
    texts = [title, subtitle, "…", *(name for group in kept for _, name in group.members)]

    def draw(figure: Figure, text: Callable[[str], str]) -> None:
        axes = figure.add_subplot()
        axes.set_aspect("equal")
        axes.axis("off")
        for inside in (False, True):
            lines = [(s, t, w) for s, t, w in drawn if (colour_of[s] == colour_of[t]) is inside]
            axes.add_collection(
                LineCollection(
                    [(places[s], places[t]) for s, t, _ in lines],
                    colors=[colour_of[s] if inside else MUTED for s, _, _ in lines],
                    linewidths=[0.4 + 0.5 * math.log1p(w) for _, _, w in lines],
                    alpha=0.45 if inside else 0.25,
                    zorder=1,
                )
            )
        degree: dict[str, int] = dict.fromkeys(places, 0)
        for s, t, _ in drawn:
            degree[s] += 1
            degree[t] += 1
        xy = np.array([places[id_] for id_ in places]).reshape(-1, 2)
        sizes = [18 + 9 * degree[id_] for id_ in places]
        axes.scatter(
            xy[:, 0],
            xy[:, 1],
            s=sizes,
            c=[colour_of[id_] for id_ in places],
            edgecolors="white",
            linewidths=0.7,
            zorder=2,
        )
        for group in kept[: len(COLOURS)]:
            for id_, name in group.members[: 2 if len(group.members) > 6 else 1]:
                axes.annotate(
                    text(_shortened(name, 28)), places[id_], (0, 6), textcoords="offset points", ha="center",
                    fontsize=7.5, path_effects=outlined(), zorder=3,
                )  # fmt: skip
        axes.margins(0.06)
        hidden = sum(group.size for group in groups) - len(places)
        note = f" · {hidden} nodes not drawn" if hidden else ""
        _title(axes, text(title), text(subtitle + note))
        axes.plot([], [], color=FAINT)

    _draw(path, (9, 9), texts, draw)


def _kept(groups: Sequence[Group]) -> list[Group]:
    """Return the communities that fit, the largest first; large ones without their least central members."""
    kept: list[Group] = []
    room = MAX_NODES
    for group in groups:
        members = group.members[: max(room, 0)]
        if members and (len(members) > 1 or not kept or room > MAX_NODES // 2):
            kept.append(Group(members, group.size))
            room -= len(members)
    return kept


def layout(groups: Sequence[Group], ties: Sequence[tuple[str, str, float]]) -> dict[str, Point]:
    """Return a place for each member; always the same for the same input."""
    home = {id_: i for i, group in enumerate(groups) for id_, _ in group.members}
    radii = [0.6 + 0.55 * math.sqrt(len(group.members)) for group in groups]
    links: dict[tuple[int, int], float] = {}
    inner: list[nx.Graph[str]] = [nx.Graph() for _ in groups]
    for group, graph in zip(groups, inner, strict=True):
        graph.add_nodes_from(id_ for id_, _ in group.members)
    for s, t, w in ties:
        if s in home and t in home:
            a, b = sorted((home[s], home[t]))
            if a == b:
                inner[a].add_edge(s, t, weight=w)
            else:
                links[a, b] = links.get((a, b), 0.0) + w
    centres = _packed(radii, links)
    places: dict[str, Point] = {}
    for graph, centre, radius in zip(inner, centres, radii, strict=True):
        for id_, (x, y) in _within(graph, radius * 0.72).items():
            places[id_] = (centre[0] + x, centre[1] + y)
    return places


def _within(graph: "nx.Graph[str]", radius: float) -> dict[str, Point]:
    """Return the places of a community's members around (0, 0)."""
    if len(graph) == 1:
        return dict.fromkeys(graph, (0.0, 0.0))
    found: Mapping[str, NDArray[np.float64]] = nx.spring_layout(
        graph, seed=1, k=2.2 / math.sqrt(len(graph)), iterations=80
    )
    spread = max(float(np.hypot(*place)) for place in found.values()) or 1.0
    return {id_: (float(x) * radius / spread, float(y) * radius / spread) for id_, (x, y) in found.items()}


def _packed(radii: Sequence[float], links: Mapping[tuple[int, int], float]) -> list[Point]:
    """Return centres of discs that do not overlap: each as near the middle as it fits, beside what it is linked to."""
    centres: list[Point] = []
    for i, radius in enumerate(radii):
        distance = 0.0
        while True:
            free = [
                p
                for p in _ring(distance)
                if all(math.dist(p, c) >= radius + r for c, r in zip(centres, radii, strict=False))
            ]
            if free:
                centres.append(
                    min(free, key=lambda p: sum(w * math.dist(p, centres[a]) for (a, b), w in links.items() if b == i))
                )
                break
            distance += 0.4
    return centres


def _ring(distance: float) -> list[Point]:
    count = max(1, int(distance * 6))
    return [
        (distance * math.cos(2 * math.pi * k / count), distance * math.sin(2 * math.pi * k / count))
        for k in range(count)
    ]
