"""Questions of a film researcher, each a single query; the answers were checked by hand against the sources."""

from pathlib import Path
from typing import Any

import pytest
from graphql import parse

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id
from schema.validation.measures import Measured
from tests.schema.asking import Ask

FOLDER = Path(__file__).parent / "questions"
REPORT, ARTICLE, KLING = "ssff-asia-2025-report", "tokyo-ai-film-conference", "klingai-nextgen-tokyo"


def person(slug: str) -> str:
    return entity_id(Kind.PERSON, slug)


def question(name: str) -> str:
    return (FOLDER / f"{name}.graphql").read_text(encoding="utf-8")


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def places(citations: list[dict[str, Any]]) -> set[str]:
    return {f"{citation['source']['slug']} {citation['locator'].removeprefix('paragraph ')}" for citation in citations}


async def test_who_connects_kushida_and_sow(ask: Ask) -> None:
    ends = {"from": person("takeshi-kushida"), "to": person("hussein-dembel-sow")}
    paths = (await ask(question("who-connects-two-people"), ends))["paths"]
    assert [path["length"] for path in paths] == [2, 3, 3]
    assert names(paths[0]["nodes"]) == ["Takeshi Kushida", "The Future of Filmmaking with AI", "Hussein Dembel Sow"]
    first, second = paths[0]["hops"]
    assert first["type"] == second["type"] == "PARTICIPATED_IN"
    assert f"{REPORT} 9" in places(first["citations"])
    assert f"{REPORT} 13" in places(second["citations"])


async def test_who_connects_yip_and_barsotti(ask: Ask) -> None:
    """Nobody introduced them: both spoke in Tokyo within days."""
    ends = {"from": person("tim-yip"), "to": person("marcel-barsotti")}
    paths = (await ask(question("who-connects-two-people"), ends))["paths"]
    assert [path["length"] for path in paths] == [4, 4, 4]
    assert names(paths[0]["nodes"]) == [
        "Tim Yip",
        "KlingAI NextGen Creative Contest 2025 awards evening",
        "Tokyo",
        "The Future of Filmmaking with AI",
        "Marcel Barsotti",
    ]
    assert all(hop["citations"] for path in paths for hop in path["hops"])


async def test_which_films_an_edition_honoured(ask: Ask) -> None:
    answer = await ask(question("which-films-an-edition-honoured"), {"edition": "world-ai-film-festival-2025"})
    recognitions = answer["festivalEdition"]["recognitions"]
    found = {
        row["film"]["title"]: (
            row["outcome"],
            row["category"],
            names(row["recipients"]),
            names(row["film"]["directors"]),
        )
        for row in recognitions["nodes"]
    }
    team = ["Hussein Dembel Sow", "Laura Bui", "Papa Oumar Diagne"]
    assert found == {
        "The Russian Sleep Experiment": ("WON", "gold", ["Nicolas Pomet"], ["Nicolas Pomet"]),
        "L'Espace tombe sur la Terre": ("RUNNER_UP", "silver", ["Nicolas Russeil"], ["Nicolas Russeil"]),
        "Thiaroye 44": ("THIRD_PLACE", "bronze", team, ["Hussein Dembel Sow"]),
        "White Mask": ("WON", "Best series bible (Genario)", ["Serge Hayat"], []),
        "Perdus dans l'espace": (
            "WON",
            "Best smartphone film (ClapAction)",
            ["Gabriel Jouve", "Timothée Falcon"],
            ["Gabriel Jouve", "Timothée Falcon"],
        ),
        "Curly": ("WON", "Prize of the Alpes-Maritimes Department", ["Nicolas Prudent"], ["Nicolas Prudent"]),
    }
    assert recognitions["totalCount"] == 6
    (disputed,) = [row for row in recognitions["nodes"] if len(row["claims"]) > 1]
    assert disputed["film"]["title"] == "Thiaroye 44"
    assert [(claim["value"], claim["rank"]) for claim in disputed["claims"]] == [
        ("THIRD_PLACE", "PREFERRED"),
        ("WON", "NORMAL"),
    ]
    assert f"{ARTICLE} 42" in places(disputed["claims"][1]["citations"])


async def test_how_the_share_of_ai_films_changed(ask: Ask) -> None:
    festival = {"festival": "short-shorts-film-festival-asia"}
    editions = (await ask(question("how-the-share-of-ai-films-changed"), festival))["festival"]["editions"]["nodes"]
    found = {
        (edition["year"], claim["property"]): claim
        for edition in editions
        for claim in edition["statistics"]
        if claim["property"] in ("aiShare", "aiSubmissions")
    }
    assert {key: (claim["number"], claim["unit"], claim["bound"]) for key, claim in found.items()} == {
        (2024, "aiShare"): (2.0, "%", "ABOUT"),
        (2024, "aiSubmissions"): (112.0, None, "EXACT"),
        (2025, "aiShare"): (6.0, "%", "ABOUT"),
        (2025, "aiSubmissions"): (275.0, None, "EXACT"),
    }
    assert all(f"{REPORT} 3" in places(claim["citations"]) for claim in found.values())
    assert {claim["assertedBy"] for claim in found.values()} == {"Seigo Tono"}


async def test_which_sources_disagree_about_a_length(ask: Ask) -> None:
    conflicts = (await ask(question("which-sources-disagree")))["conflicts"]["nodes"]
    (imperia,) = [conflict for conflict in conflicts if conflict["subject"]["slug"] == "imperia"]
    assert [(claim["value"], claim["unit"], places(claim["citations"])) for claim in imperia["claims"]] == [
        ("35", "min", {f"{ARTICLE} 75"}),
        ("36", "min", {f"{ARTICLE} 17"}),
    ]
    assert imperia["preferred"] == {"value": "35", "unit": "min"}


async def test_who_spells_a_title_differently(ask: Ask) -> None:
    film = (await ask(question("who-spells-a-title-differently"), {"film": "imperia"}))["film"]
    assert film["title"] == "Imperia"
    assert film["aliases"] == ["IMPERIA", "Imperial"]
    spelt = {claim["value"]: places(claim["citations"]) for claim in film["claims"]}
    assert spelt["Imperial"] == {f"{REPORT} 10"}
    assert spelt["IMPERIA"] == {f"{ARTICLE} 17"}
    assert f"{ARTICLE} 72" in spelt["Imperia"]


async def test_which_speakers_had_a_film_shown(ask: Ask) -> None:
    event = {"event": "the-future-of-filmmaking-with-ai"}
    rows = (await ask(question("which-speakers-had-a-film-shown"), event))["event"]["participantFilms"]
    assert [
        (row["person"]["name"], row["film"]["title"], [credit["role"] for credit in row["credits"]]) for row in rows
    ] == [
        ("Gundula Barsotti-Bast", "Imperia", ["WRITER"]),
        ("Hussein Dembel Sow", "Thiaroye 44", ["DIRECTOR"]),
        ("Marcel Barsotti", "Imperia", ["DIRECTOR"]),
    ]
    for row in rows:
        assert "SPEAKER" in {participation["role"] for participation in row["participations"]}
        (dated,) = [screening for screening in row["screenings"] if screening["on"]]
        assert (dated["on"], dated["premiere"], dated["status"]) == ("2025-10-23", "CONTINENTAL", "PLANNED")
        assert places(dated["citations"]) == {f"{ARTICLE} 72", f"{ARTICLE} 73"}


async def test_what_a_tool_was_used_for(ask: Ask) -> None:
    platform = (await ask(question("what-a-tool-was-used-for"), {"tool": "kling-ai"}))["platform"]
    assert platform["operator"] == {"name": "Kuaishou Technology"}
    uses = {use["from"]["name"]: use for use in platform["uses"]["nodes"]}
    assert {"Alzheimer", "Lost & Found"} <= set(uses)
    scene = uses["Lost & Found"]
    assert scene["properties"] == {"purpose": "rough version of a scene"}
    assert (scene["certainty"], scene["assertedBy"]) == ("INFERRED", "Dawid Meller")
    assert places(scene["citations"]) == {f"{KLING} 14"}
    (meller,) = scene["from"]["directors"]
    assert meller["statements"]["nodes"]
    assert uses["Alzheimer"]["certainty"] == "UNCERTAIN"


async def test_most_central_people_by_three_measures_and_why(ask: Ask) -> None:
    answer = await ask(question("most-central-people"))
    assert {result["run"]["analysis"] for result in answer.values()} == {"DEGREE", "BETWEENNESS", "PAGERANK"}
    for result in answer.values():
        assert result["run"]["exact"]
        scores = result["scores"]["nodes"]
        assert len(scores) == 3
        assert [score["score"] for score in scores] == sorted((s["score"] for s in scores), reverse=True)
        assert all(score["error"] == 0 for score in scores)
    people = answer["degree"]["run"]["nodes"]
    for score in answer["degree"]["scores"]["nodes"]:
        collaborators = score["entity"]["collaborators"]
        assert score["score"] == pytest.approx(collaborators["totalCount"] / (people - 1))
        assert all(film["citations"] for edge in collaborators["edges"] for film in edge["films"])
    best = answer["betweenness"]["scores"]["nodes"][0]["entity"]
    assert best["name"] == "Chad Nelson"
    assert best["collaborators"]["edges"][0]["films"][0]["title"] == "Critterz"


async def test_what_was_said_about_copyright(ask: Ask) -> None:
    statements = (await ask(question("what-was-said-about-a-topic"), {"topic": "copyright"}))["topic"]["statements"]
    assert statements["totalCount"] == len(statements["nodes"]) == 8
    by_chen = [row for row in statements["nodes"] if row["speaker"] and row["speaker"]["name"] == "Jihong Chen"]
    assert len(by_chen) == 3
    assert {row["stance"] for row in by_chen} == {"cautious"}
    assert by_chen[0]["speaker"]["affiliations"] == [{"role": "legal expert", "with": {"name": "Zhong Lun Legal"}}]
    assert {row["event"]["name"] for row in by_chen} == {"Gearing Up for AI Opportunities"}
    for row in statements["nodes"]:
        assert row["citations"]
        assert row["stance"] in ("hopeful", "cautious", "critical", "neutral", "mixed")
        assert row["speaker"] or row["speakerText"]


async def test_what_was_said_about_ethics(ask: Ask) -> None:
    topic = (await ask(question("what-was-said-about-a-topic"), {"topic": "ethics"}))["topic"]
    assert topic["statements"]["totalCount"] >= 3
    assert all(row["citations"] and row["stance"] for row in topic["statements"]["nodes"])


async def test_which_numbers_about_a_platform(ask: Ask) -> None:
    statistics = (await ask(question("which-numbers-about-a-platform"), {"platform": "kling-ai"}))["platform"][
        "statistics"
    ]
    found = {(row["property"], row["number"], row["unit"], row["bound"]) for row in statistics}
    assert found == {("revenue", 100e6, "USD", "AT_LEAST"), ("users", 45e6, None, "AT_LEAST")}
    assert all(f"{KLING} 15" in places(row["citations"]) for row in statistics)
    (revenue,) = [row for row in statistics if row["property"] == "revenue"]
    assert {"property": "period", "value": "annualised", "entity": None} in revenue["qualifiers"]
    qualifiers = {(q["property"], q["value"]) for row in statistics for q in row["qualifiers"]}
    assert ("asOf", "2025") in qualifiers


async def test_what_else_was_shown_there(ask: Ask) -> None:
    film = (await ask(question("what-else-was-shown-there"), {"film": "dragon-gate"}))["film"]
    (screening,) = film["screenings"]["nodes"]
    assert screening["edition"]["name"] == "Short Shorts Film Festival & Asia 2024"
    others = {row["film"]["title"] for row in screening["edition"]["screenings"]["nodes"]} - {film["title"]}
    assert others == {"The Artificial Conjuring Circle"}


async def test_what_is_forecast(ask: Ask) -> None:
    statements = (await ask(question("what-is-forecast")))["statements"]
    assert statements["totalCount"] == len(statements["nodes"]) == 16
    assert all(row["horizon"] and row["citations"] for row in statements["nodes"])
    (share,) = [row for row in statements["nodes"] if row["horizon"] == "end of 2025"]
    assert share["claims"] == [{"number": 50.0, "unit": "%", "bound": "AT_LEAST"}]
    (animation,) = [row for row in statements["nodes"] if row["speaker"] == {"name": "Douglas Montgomery"}]
    assert {(claim["number"], claim["bound"]) for claim in animation["claims"]} == {(2.0, "AT_LEAST"), (5.0, "AT_MOST")}
    assert places(animation["citations"]) == {f"{REPORT} 14"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.graphql")), ids=lambda path: path.stem)
def test_every_question_stays_within_the_public_limits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.splitlines()[0].endswith("?")
    assert "citations" in text
    assert max(counts.depth for counts in Measured(parse(text)).counts.values()) <= 12
