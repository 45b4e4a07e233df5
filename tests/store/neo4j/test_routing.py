"""With neo4j:// reads go to a cluster's followers, changes to its leader, and a reader sees what it wrote."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from tests.store.items import IMPERIA, film, imperia, load, source
from tests.store.neo4j.cleaning import clean
from tests.store.neo4j.cluster import Cluster, cluster

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]


@pytest.fixture
async def members(neo4j_url: str) -> AsyncIterator[Cluster]:
    clean(neo4j_url)
    server = urlsplit(neo4j_url)
    assert server.hostname
    assert server.port
    async with cluster(server.hostname, server.port) as found:
        yield found


@pytest.fixture
async def routed(members: Cluster) -> AsyncIterator[Store]:
    """A store that knows of the leader alone."""
    store = await open_store(f"neo4j://neo4j@127.0.0.1:{members.leader.port}/neo4j")
    yield store
    await store.close()


async def test_reads_spread_over_the_followers_and_changes_go_to_the_leader(routed: Store, members: Cluster) -> None:
    await load(routed, imperia())
    for member in members.members:
        member.asked.clear()
    for _ in range(40):
        assert [e and e.name for e in await routed.entities([IMPERIA])] == ["Imperia"]
    assert [len(member.asked) >= 10 for member in members.followers] == [True, True]
    assert members.leader.asked == []
    await load(routed, [film("second", "Second", "list#2")])
    assert any(not asked.is_read for asked in members.leader.asked)
    assert all(asked.is_read for member in members.followers for asked in member.asked)


async def test_a_read_waits_for_what_was_written_before_it(routed: Store, members: Cluster) -> None:
    await load(routed, [source("list")])
    for number in range(5):
        await load(routed, [film(f"f{number}", f"Film {number}", "list#1")])
        written = members.leader.told[-1]
        for member in members.followers:
            member.asked.clear()
        (found,) = await routed.entities([entity_id(Kind.FILM, f"f{number}")])
        assert found is not None
        asked = [each for member in members.followers for each in member.asked]
        assert asked
        assert all(written in each.bookmarks for each in asked)


async def test_reads_go_on_where_a_follower_goes_away(routed: Store, members: Cluster) -> None:
    await load(routed, imperia())
    for _ in range(6):
        await routed.entities([IMPERIA])
    gone, stays = members.followers
    await gone.stop()
    stays.asked.clear()
    for _ in range(10):
        assert [e and e.name for e in await routed.entities([IMPERIA])] == ["Imperia"]
    assert len(stays.asked) >= 10
