import dataclasses
from pathlib import Path

import pytest

from graph_api.errors import BadInput
from graph_api.settings import ROWS, Settings, load_settings, settings_table

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_is_documented_and_the_page_is_up_to_date() -> None:
    assert settings_table() in DOCS.read_text(encoding="utf-8")
    assert [row.name for row in ROWS] == [field.name for field in dataclasses.fields(Settings)]
    for row in ROWS:
        assert row.meaning.endswith(".")
        assert row.reason.endswith(".")
        assert row.default


def test_defaults() -> None:
    settings = load_settings(environ={})
    assert (settings.host, settings.port, settings.max_depth, settings.request_deadline) == ("127.0.0.1", 8000, 12, 10)
    assert settings.max_body_bytes == 2_000_000
    assert (settings.max_document_characters, settings.max_document_tokens) == (15_000, 2_000)
    assert Path(settings.database).name == "graph.db"
    assert settings.cors_origins == ()


def test_a_flag_goes_before_a_variable_and_that_before_the_default() -> None:
    environ = {"FILMGRAPH_PORT": "9000", "FILMGRAPH_HOST": "::1", "FILMGRAPH_IDE": "off", "FILMGRAPH_LOG_FORMAT": ""}
    settings = load_settings({"port": 9001, "host": None}, environ)
    assert (settings.port, settings.host, settings.ide, settings.log_format) == (9001, "::1", False, "auto")


def test_origins_are_a_list() -> None:
    settings = load_settings(environ={"FILMGRAPH_CORS_ORIGINS": "https://a.org, http://localhost:3000"})
    assert settings.cors_origins == ("https://a.org", "http://localhost:3000")
    assert load_settings({"cors_origins": ["https://b.org"]}, {}).cors_origins == ("https://b.org",)


@pytest.mark.parametrize(
    ("variable", "value", "would_do"),
    [
        ("FILMGRAPH_PORT", "70000", "a whole number from 0 to 65535"),
        ("FILMGRAPH_PORT", "http", "a whole number from 0 to 65535"),
        ("FILMGRAPH_REQUEST_DEADLINE", "nan", "a number from 0.01 to 3600"),
        ("FILMGRAPH_LOG_LEVEL", "loud", "debug or info or warning or error"),
        ("FILMGRAPH_INTROSPECTION", "maybe", "on or off"),
        ("FILMGRAPH_CORS_ORIGINS", "example.org", "https://example.org"),
        ("FILMGRAPH_CORS_ORIGINS", "https://example.org/path", "https://example.org"),
        ("FILMGRAPH_HOST", "a\nb", "one line"),
    ],
)
def test_a_bad_value_is_named_with_what_would_do(variable: str, value: str, would_do: str) -> None:
    with pytest.raises(BadInput) as caught:
        load_settings(environ={variable: value})
    assert caught.value.message.startswith(f"{variable} must be ")
    assert would_do in caught.value.message
    assert "\n" not in caught.value.message


def test_a_bad_flag_is_named_as_a_flag() -> None:
    with pytest.raises(BadInput, match=r"^--max-depth must be a whole number from 1 to 100, not '0'$"):
        load_settings({"max_depth": 0}, {})
    with pytest.raises(BadInput, match="no setting is called colour"):
        load_settings({"colour": "red"}, {})
