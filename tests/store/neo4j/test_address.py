"""Addresses, and where the password comes from."""

from pathlib import Path

import pytest

from graph_api.errors import BadInput
from graph_api.store.neo4j.address import Address, parse_address, read_password


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("neo4j://ann@db.example.org:7688/films", Address("neo4j://db.example.org:7688", "ann", "films")),
        ("bolt+ssc://localhost", Address("bolt+ssc://localhost:7687", "neo4j", None)),
        ("neo4j+s://a%40b@[::1]:7687/x", Address("neo4j+s://[::1]:7687", "a@b", "x")),
    ],
)
def test_what_an_address_says(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "neo4j://ann:secret@host/films",
        "neo4j://",
        "http://host",
        "neo4j://host/a/b",
        "neo4j://host:port",
        "neo4j://h?x=1",
    ],
)
def test_an_address_that_can_not_be_used(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_address(text)
    assert "secret" not in str(caught.value)


def test_a_password_of_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from file\n", "utf-8")
    assert read_password({"FILMGRAPH_NEO4J_PASSWORD": "p"}) == "p"
    assert read_password({"FILMGRAPH_NEO4J_PASSWORD_FILE": str(file)}) == "from file"
    assert read_password({}) is None
    with pytest.raises(BadInput, match="FILMGRAPH_NEO4J_PASSWORD_FILE"):
        read_password({"FILMGRAPH_NEO4J_PASSWORD_FILE": str(tmp_path / "missing")})
