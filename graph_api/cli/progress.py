"""Progress of long work: a bar on a terminal, silence elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from graph_api.cli.output import clean, console

Advance: TypeAlias = Callable[[int, int], None]
"""Takes how much is done and the sum; can be called on any thread."""

_PATIENCE = 0.3
"""Seconds of work that nobody needs a bar for."""


@contextmanager
def bar(title: str, unit: str = "") -> Iterator[Advance]:
    """Show a bar for as long as the work inside takes; the sum may stay unknown (0)."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}", style="dim", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        task = shown.add_task(clean(title), total=None, note="")

        def advance(done: int, total: int) -> None:
            shown.update(task, completed=done, total=total or None, note="" if total else f"{done:,} {unit}")

        yield advance


@contextmanager
def spinning(title: str) -> Iterator[None]:
    """Show that work is under way whose length nobody knows."""
    if not sys.stderr.isatty():
        yield
        return
    started = time.monotonic()
    with console(stderr=True).status(f"{clean(title)} ..."):
        yield
    seconds = time.monotonic() - started
    if seconds > 10 * _PATIENCE:
        console(stderr=True).print(f"{clean(title)}: {seconds:.1f} s", style="dim")
