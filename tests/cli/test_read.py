"""search, show, stats, schema."""

from tests.cli.conftest import Run


def test_search_finds_a_name_with_a_typo(run: Run) -> None:
    found = run("search", "ada stien").json
    assert [row["entity"] for row in found] == ["person/ada-stein"]


def test_search_finds_an_alias_in_another_script(run: Run) -> None:
    assert run("search", "グランマレヴィト").json[0]["entity"] == "film/granmalevit"


def test_search_keeps_to_kinds(run: Run) -> None:
    assert {row["kind"] for row in run("search", "imperia").json} == {"FILM", "EVENT"}
    assert {row["kind"] for row in run("search", "imperia", "--kind", "film").json} == {"FILM"}


def test_search_without_a_match_is_an_empty_list(run: Run) -> None:
    ended = run("search", "zzzzqqqq")
    assert (ended.code, ended.json) == (0, [])


def test_show_gives_claims_with_citations_and_relationships(run: Run) -> None:
    page = run("show", "film/imperia").json
    assert page["name"] == "Imperia"
    runtimes = {
        (claim["value"], claim["bound"]): claim["citations"]
        for claim in page["claims"]
        if claim["property"] == "runtime"
    }
    assert runtimes["36", "EXACT"] == [
        {"source": "list", "title": "The list", "url": "https://example.org/list", "locator": "row 1"}
    ]
    assert [c["locator"] for c in runtimes["35", "ABOUT"]] == ["paragraph 3"]
    ties = [(tie["entity"], tie["properties"]["role"], tie["direction"]) for tie in page["relationships"]]
    assert ties == [("person/ada-stein", "DIRECTOR", "IN"), ("person/bo-lee", "CAST", "IN")]


def test_show_as_a_table_groups_relationships_and_names_sources(run: Run) -> None:
    out = run("show", "film/imperia", "--format", "table").out
    assert "CREDITED_ON ←" in out
    assert "about 35 min" in out
    assert "news#paragraph 3" in out
    assert "https://example.org/list" in out


def test_show_takes_a_name_and_an_id(run: Run) -> None:
    page = run("show", "Ada Stein").json
    assert page["slug"] == "ada-stein"
    assert run("show", page["id"]).json == page


def test_show_lists_an_ambiguous_slug(run: Run) -> None:
    ended = run("show", "imperia")
    assert ended.code == 1
    assert "film/imperia, event/imperia" in ended.err


def test_show_names_the_nearest(run: Run) -> None:
    ended = run("show", "film/imperio")
    assert ended.code == 1
    assert "did you mean film/imperia" in ended.err
    assert ended.err.count("\n") == 1
    assert "person/ada-stein" in run("show", "ada-stain").err


def test_show_refuses_an_unknown_kind(run: Run) -> None:
    ended = run("show", "movie/imperia")
    assert ended.code == 1
    assert "no kind" in ended.err


def test_show_a_source(run: Run) -> None:
    assert run("show", "source/list").json["title"] == "The list"
    assert "source/list" in run("show", "source/lisst").err


def test_show_limits_relationships_and_says_so(run: Run) -> None:
    out = run("show", "film/imperia", "--limit", "1", "--format", "table").out
    assert "1 more; --limit shows them" in out


def test_stats_counts(run: Run) -> None:
    found = run("stats", "--check").json
    assert found["revision"] == 1
    assert found["kinds"]["PERSON"] == 4
    assert found["relations"] == {"CREDITED_ON": 5, "PARTICIPATED_IN": 1}
    assert found["sources"] == 2
    assert found["conflicts"] == 1
    assert found["faults"] == []
    assert len(found["hash"]) == 64


def test_schema_is_printed(run: Run) -> None:
    out = run("schema").out
    assert "type Query" in out
    assert "type Film implements" in out
