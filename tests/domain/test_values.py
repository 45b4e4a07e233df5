import pytest

from graph_api.domain.catalogue import PROPERTIES, RELATIONS, Relation
from graph_api.domain.values import check_date, format_number, parse, to_scalar


@pytest.mark.parametrize("date", ["2025", "2025-10", "2025-10-26", "2024-02-29"])
def test_dates_may_be_short(date: str) -> None:
    assert check_date(date) == date


@pytest.mark.parametrize(
    "date",
    [
        "",
        "25",
        "2025-13",
        "2025-00",
        "2025-02-30",
        "2023-02-29",
        "2025-1-1",
        "0000",
        "2025-10-26T00",
        "26.10.2025",
        "²⁰²⁵",
    ],
)
def test_impossible_dates_are_refused(date: str) -> None:
    with pytest.raises(ValueError, match=r"date|day"):
        check_date(date)


@pytest.mark.parametrize(
    ("name", "text", "unit", "expected"),
    [
        ("runtime", "36", None, ("36", 36.0, "min")),
        ("runtime", "36.50 min", None, ("36.5", 36.5, "min")),
        ("prizeMoney", "42000 USD", None, ("42000", 42000.0, "USD")),
        ("prizeMoney", "42000", "USD", ("42000", 42000.0, "USD")),
        ("aiShare", "2", None, ("2", 2.0, "%")),
        ("submissions", "4600", None, ("4600", 4600.0, None)),
        ("year", "2025", None, ("2025", 2025.0, None)),
        ("startsAt", "10:00", None, ("10:00", None, None)),
        ("nameKnown", "false", None, ("false", None, None)),
        ("aiUse", "FULLY_GENERATED", None, ("FULLY_GENERATED", None, None)),
        ("occupations", "  composer ", None, ("composer", None, None)),
    ],
)
def test_canonical_texts(name: str, text: str, unit: str | None, expected: tuple[object, ...]) -> None:
    assert tuple(parse(PROPERTIES[name], text, unit)) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("runtime", "long"),
        ("runtime", "1e3"),
        ("runtime", "nan"),
        ("runtime", "٣٦"),
        ("runtime", "2 h"),
        ("runtime", "-7 min"),
        ("year", "2025.5"),
        ("year", "2025 AD"),
        ("prizeMoney", "42000"),
        ("prizeMoney", "42000 $"),
        ("startsAt", "24:00"),
        ("nameKnown", "yes"),
        ("aiUse", "fully"),
        ("occupations", "  "),
        ("sameAs", "x"),
    ],
)
def test_bad_values_say_what_would_do(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        parse(PROPERTIES[name], text)


def test_scalars() -> None:
    assert to_scalar(PROPERTIES["runtime"], "36.5") == 36.5
    assert to_scalar(PROPERTIES["year"], "2025") == 2025
    assert to_scalar(PROPERTIES["nameKnown"], "false") is False
    assert format_number(36.0) == "36"
    assert format_number(6.25) == "6.25"


def test_a_property_of_a_relation_is_parsed_alike() -> None:
    premiere = next(p for p in RELATIONS[Relation.SCREENED_AT].properties if p.name == "premiere")
    assert parse(premiere, "CONTINENTAL").text == "CONTINENTAL"


def test_addresses_lead_to_the_web() -> None:
    website = PROPERTIES["website"]
    for text in (
        "https://a.example/x?y=1",
        "HTTP://a.example",
        "a.example:8080/x",
        "www.a.example",
        "/page",
        "localhost:80",
        "seed:002_a",
    ):
        assert parse(website, text).text == text
    for text in (
        *("javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x"),
        *("javascript:1;alert(1)", "javascript:1/alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "x:1"),
        *("\x01javascript:alert(1)", 'https://x/"><script>', "https://x/ y", "https://x/\u2028a"),
    ):
        with pytest.raises(ValueError, match="no address on the web"):
            parse(website, text)
