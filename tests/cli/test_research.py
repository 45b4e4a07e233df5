"""timeline, compare, significance, robustness: by hand on a path of three people and one apart."""

from tests.cli.conftest import Run


def test_timeline(run: Run) -> None:
    found = run("timeline", "strength", "--who", "person/bo-lee").json
    assert found["run"]["analysis"] == "OVER_TIME"
    assert {row["entity"] for row in found["rows"]} == {"person/bo-lee"}
    years = [row["from"] for row in found["rows"]]
    assert years == sorted(years)
    assert sum(row["score"] for row in found["rows"]) == 2.0
    everybody = run("timeline", "degree", "--window", "2").json["rows"]
    assert [row["rank"] for row in everybody] == sorted(row["rank"] for row in everybody)


def test_compare(run: Run) -> None:
    found = run("compare", "strength", "--with-years", "2025..").json
    assert found["with"]["nodes"] < found["run"]["nodes"]
    top = found["rows"][0]
    assert (top["rank"], top["rank_with"]) == (1, 1) or min(filter(None, (top["rank"], top["rank_with"]))) == 1
    assert all(row["risen"] is None for row in found["rows"] if row["rank_with"] is None)
    same = run("compare", "degree")
    assert same.code == 2
    assert "say what differs" in same.err


def test_significance(run: Run) -> None:
    rows = run("significance", "betweenness", "--samples", "10", "--top", "2").json["rows"]
    assert len(rows) == 2
    assert run("significance", "degree", "--samples", "1").code == 2


def test_robustness(run: Run) -> None:
    rows = run("robustness", "--by", "betweenness", "--removed", "1").json["rows"]
    assert [(row["entity"], row["largest"], row["components"], row["parts"]) for row in rows] == [
        (None, 3, 2, 0),
        ("person/bo-lee", 1, 3, 1),
    ]
