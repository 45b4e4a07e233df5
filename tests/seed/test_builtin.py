"""The built-in dataset: sound, and brought up to date at a start."""

from pathlib import Path

from graph_api.domain.catalogue import Kind
from graph_api.store.base import Store
from seed.builtin import builtin_folder, ensure_loaded
from seed.loading import load
from tests.seed.folders import FILMS, problems, small


def test_the_built_in_dataset_is_sound() -> None:
    assert problems(builtin_folder()) == []


async def test_an_empty_graph_is_filled_once(store: Store, folder: Path) -> None:
    small(folder)
    first = await ensure_loaded(store, folder=folder)
    assert first
    assert (first.revision, first.changed) == (1, True)
    assert await ensure_loaded(store, folder=folder) is None


async def test_an_older_state_is_replaced(store: Store, folder: Path, tmp_path: Path) -> None:
    await ensure_loaded(store, folder=small(folder))
    film, credit = "slug,name,citations\nmine,Mine,list#9\n", "from,to,role,citations\n"
    await load(store, small(tmp_path / "mine", film=film, head='{"name": "mine"}', credits=credit))
    small(folder, film=FILMS.replace("c-one,C·one", "c-two,C·two"))
    changed = await ensure_loaded(store, folder=folder)
    assert changed
    assert (changed.created, changed.removed) == (1, 1)
    found = await store.entities_by_slug(Kind.FILM, ["imperia", "c-one", "c-two", "mine"])
    assert [film and film.name for film in found] == ["Imperia", None, "C·two", "Mine"]
    assert await ensure_loaded(store, folder=folder) is None


async def test_a_graph_of_something_else_is_left_alone(store: Store, folder: Path) -> None:
    await load(store, small(folder))
    assert await ensure_loaded(store, folder=folder) is None
