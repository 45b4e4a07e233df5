"""Plots of rankings, communities and paths, as PNG or SVG; the same data gives the same picture."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from graph_api.cli.fonts import drawable, families
from graph_api.errors import BadInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENDINGS = (".png", ".svg")
INK, MUTED, FAINT, ACCENT = "#1f2933", "#66788a", "#e4e9ee", "#2563a8"
KIND_COLOURS = {
    "PERSON": "#2563a8", "FILM": "#c2410c", "EVENT": "#15803d", "FESTIVAL": "#7e22ce", "FESTIVAL_EDITION": "#9d4edd",
    "ORGANIZATION": "#0f766e", "PLATFORM": "#b45309", "AWARD": "#a16207", "RECOGNITION": "#ca8a04", "PLACE": "#4b5563",
}  # fmt: skip
_STYLE: dict[str, Any] = {
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "font.enable_last_resort": False,
    "svg.hashsalt": "filmgraph",
    "svg.fonttype": "path",
    "font.size": 10,
}
_DPI = 160


@dataclass(frozen=True, slots=True)
class Step:
    """One hop of a drawn path: its label, and whether its arrow points onward (None: no arrow)."""

    label: str
    onward: bool | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """A path to draw: (name, kind) of its nodes, and a step between each two."""

    nodes: Sequence[tuple[str, str]]
    steps: Sequence[Step]


def check_ending(path: Path | None) -> None:
    """Refuse a file that is neither PNG nor SVG, before any work is done.

    Raises:
        BadInput: the ending is another, or its folder does not exist.
    """
    if path is None:
        return
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(f"a plot is a .png or .svg file, not {path.name!r}; give --plot such a name")
    if not path.absolute().parent.is_dir():
        raise BadInput(f"there is no folder {path.parent}; make it, or give --plot another place")


def _draw(
    path: Path, size: tuple[float, float], texts: Sequence[str], draw: Callable[[Figure, Callable[[str], str]], None]
) -> None:
    """Draw a figure in a style of our own with fonts for the texts, and write it in one go."""
    # A font without a bold face says so on every use; its regular face does as well.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    fonts = families(texts)
    with mpl.rc_context({**_STYLE, "font.family": fonts}):  # type: ignore[dict-item]  # its keys are literals
        figure = Figure(figsize=size, facecolor="white")
        FigureCanvasAgg(figure)
        draw(figure, lambda text: drawable(text, fonts))
        out = BytesIO()
        ending = path.suffix.lower().lstrip(".")
        metadata = {"Date": None} if ending == "svg" else {"Software": None}
        figure.savefig(out, format=ending, dpi=_DPI, bbox_inches="tight", pad_inches=0.25, metadata=metadata)
    path.write_bytes(out.getvalue())


def _title(axes: "Axes", title: str, subtitle: str) -> None:
    axes.set_title(subtitle, loc="left", fontsize=9, color=MUTED, pad=8)
    axes.annotate(
        title, (0, 1), (0, 24), xycoords="axes fraction", textcoords="offset points", fontsize=14, fontweight="bold"
    )


def bars(path: Path, title: str, subtitle: str, rows: Sequence[tuple[str, float]]) -> None:
    """Draw a ranking as horizontal bars, the highest on top."""

    def draw(figure: Figure, text: Callable[[str], str]) -> None:
        axes = figure.add_subplot()
        names = [text(_shortened(name)) for name, _ in rows]
        scores = [score for _, score in rows]
        places = range(len(rows))
        axes.barh(places, scores, height=0.68, color=ACCENT)
        axes.set_yticks(places, names)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.12)
        axes.xaxis.grid(visible=True, color=FAINT)
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
        for side in ("top", "right", "bottom"):
            axes.spines[side].set_visible(False)
        for place, score in zip(places, scores, strict=True):
            axes.annotate(
                f"{score:.4g}",
                (score, place),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
                color=MUTED,
            )
        _title(axes, text(title), text(subtitle))

    _draw(path, (8, 1.2 + 0.32 * max(len(rows), 1)), [title, subtitle, *(name for name, _ in rows)], draw)


def _shortened(name: str, length: int = 44) -> str:
    return name if len(name) <= length else f"{name[: length - 1].rstrip()}…"


def chains(path: Path, title: str, subtitle: str, found: Sequence[Chain]) -> None:
    """Draw paths as rows of boxes with the relation over each arrow."""
    width = max((len(chain.nodes) for chain in found), default=1)
    texts = [
        title,
        subtitle,
        *(name for chain in found for name, _ in chain.nodes),
        *(s.label for c in found for s in c.steps),
        "…",
    ]

    def draw(figure: Figure, text: Callable[[str], str]) -> None:
        axes = figure.add_subplot()
        axes.set_xlim(-0.5, max(width - 0.5, 0.5))
        axes.set_ylim(len(found) - 0.4, -0.6)
        axes.axis("off")
        for row, chain in enumerate(found):
            for column, step in enumerate(chain.steps):
                _arrow(axes, column, row, step, text)
            for column, (name, kind) in enumerate(chain.nodes):
                _box(axes, column, row, text(name), KIND_COLOURS.get(kind, MUTED))
        _title(axes, text(title), text(subtitle))

    _draw(path, (max(2.7 * width, 5.0), 0.9 + 1.15 * max(len(found), 1)), texts, draw)


def _box(axes: "Axes", x: float, y: float, name: str, colour: str) -> None:
    lines = wrap(_shortened(name, 48), 16) or [""]
    box = {"boxstyle": "round,pad=0.45,rounding_size=0.25", "facecolor": colour, "edgecolor": "white"}
    axes.text(x, y, "\n".join(lines), ha="center", va="center", color="white", fontsize=9, bbox=box, zorder=3)


def _arrow(axes: "Axes", x: float, y: float, step: Step, text: Callable[[str], str]) -> None:
    ends = ((x + 0.08, y), (x + 0.92, y))
    source, target = ends if step.onward is not False else ends[::-1]
    style = "-" if step.onward is None else "-|>"
    shape = {"arrowstyle": style, "color": MUTED, "lw": 1.2, "shrinkA": 42, "shrinkB": 42, "mutation_scale": 11}
    axes.annotate("", target, source, arrowprops=shape, zorder=1)
    label = "\n".join(wrap(text(_shortened(step.label, 60)), 18))
    axes.annotate(
        label,
        (x + 0.5, y),
        (0, 5),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=7.5,
        color=MUTED,
        zorder=4,
    )


def outlined() -> list[withStroke]:
    """Return the effect that keeps a label readable over lines."""
    return [withStroke(linewidth=2.5, foreground="white")]
