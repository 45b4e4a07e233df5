"""Plots: names in any script, always the same picture."""

import math
from pathlib import Path

import pytest

from graph_api.cli import fonts, network, plots
from graph_api.errors import BadInput

NAMES = ["C·one", "グランマレヴィト", "Łódź", "Рустам", "$x_1$ & <b>", "\u200bzero"]


def test_names_in_every_script_are_drawn_without_a_warning(tmp_path: Path) -> None:
    rows = [(name, 1.0 / (i + 1)) for i, name in enumerate(NAMES)]
    plots.bars(tmp_path / "a.svg", "グランマレヴィト", "sub", rows)
    plots.bars(tmp_path / "a.png", "グランマレヴィト", "sub", rows)
    assert (tmp_path / "a.png").stat().st_size > 5_000


def test_letters_that_no_font_has_become_latin() -> None:
    drawn = fonts.drawable("C·one \U0001f3ac グ", ["DejaVu Sans"])
    assert drawn.startswith("C·one ")
    assert drawn.endswith("gu")


def test_a_plot_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        plots.bars(tmp_path / name, "t", "s", [("A", 2.0), ("B", 1.0)])
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_nothing_to_draw_is_drawn(tmp_path: Path) -> None:
    plots.bars(tmp_path / "a.png", "t", "s", [])
    network.communities(tmp_path / "b.png", "t", "s", [], [])
    plots.chains(tmp_path / "c.png", "t", "s", [])
    assert all((tmp_path / name).exists() for name in ("a.png", "b.png", "c.png"))


def test_a_wrong_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"\.png or \.svg"):
        plots.check_ending(tmp_path / "a.pdf")
    with pytest.raises(BadInput, match="no folder"):
        plots.check_ending(tmp_path / "none" / "a.png")


def test_discs_of_communities_do_not_overlap() -> None:
    groups = [network.Group([(f"{g}-{i}", "") for i in range(size)], size) for g, size in enumerate((12, 7, 3, 1, 1))]
    ties = [(f"{g}-0", f"{g}-{i}", 1.0) for g, group in enumerate(groups) for i in range(1, len(group.members))]
    places = network.layout(groups, [*ties, ("0-0", "1-0", 2.0)])
    assert places == network.layout(groups, [*ties, ("0-0", "1-0", 2.0)])
    centres = []
    for group in groups:
        points = [places[id_] for id_, _ in group.members]
        x, y = (sum(p[axis] for p in points) / len(points) for axis in (0, 1))
        centres.append((x, y))
    distances = [math.dist(a, b) for i, a in enumerate(centres) for b in centres[:i]]
    assert min(distances) > 1.0


def test_a_large_community_is_cut_at_what_can_be_drawn() -> None:
    groups = [network.Group([(f"{g}-{i}", "") for i in range(300)], 300) for g in range(3)]
    kept = network._kept(groups)
    assert sum(len(group.members) for group in kept) <= network.MAX_NODES
    assert kept[0].size == 300
