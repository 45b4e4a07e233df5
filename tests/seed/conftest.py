"""Empty graphs to load datasets into."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_api.store.base import Store
from graph_api.store.factory import open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(str(tmp_path / "store" / "graph.db"))
    yield opened
    await opened.close()


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(str(tmp_path / "store" / "other.db"))
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "dataset"
