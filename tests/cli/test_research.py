"""timeline, compare, significance, robustness: by hand on a path of three people and one apart."""

from pathlib import Path

import pytest

from tests.cli.conftest import FILES, Run, run_command, write_dataset


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


def test_compare_with_an_earlier_revision_and_undisputed_facts(run: Run, tmp_path: Path) -> None:
    graph = tmp_path / "own.db"
    for more in ("", "cy-moss,granmalevit,CAST,list#row 5\n"):
        files = {**FILES, "relations/credited_on.csv": FILES["relations/credited_on.csv"] + more}
        folder = write_dataset(tmp_path / f"own{len(more)}", files)
        assert run_command("load", folder, "--database", graph).code == 0
    found = run("compare", "strength", "--revision", "1", "--with-revision", "2", "--database", graph).json
    scores = {row["entity"]: (row["score"], row["score_with"]) for row in found["rows"]}
    assert scores["person/cy-moss"] == (1.0, 2.0)
    assert scores["person/dee-ray"] == (0.0, 1.0)
    calm = run("compare", "strength", "--with-undisputed", "--with-cited-only", "--database", graph).json
    # sources disagree about how long Imperia is, so its credits are left out
    assert {row["entity"] for row in calm["rows"] if row["rank_with"] is None} == {"person/ada-stein"}
    assert run("rank", "degree", "--undisputed", "--database", graph).json["run"]["nodes"] == 3
    refused = run("rank", "degree", "--revision", "3", "--database", graph)
    assert (refused.code, "no revision 3" in refused.err) == (1, True)


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


def test_mixing(run: Run) -> None:
    found = run("mixing", "role").json
    assert [label["value"] for label in found["labels"]] == ["CAST", "DIRECTOR"]
    # Bo Lee is a director and of a cast, by a half each, tied to a director and to somebody of a cast; Dee Ray is alone
    assert found["people"] == [1.5, 2.5]
    assert found["matrix"] == [[0.25, 0.25], [0.25, 0.25]]
    assert (found["assortativity"], found["ties"], found["unlabelled"]) == (0.0, 2, 0)
    assert run("mixing", "country").json["unlabelled"] == 4
    assert "not defined" in run("mixing", "ai_use", "--format", "table").out


def test_mixing_by_country_and_use_of_ai(run: Run, tmp_path: Path) -> None:
    own = {
        "dataset.json": FILES["dataset.json"],
        "sources.csv": FILES["sources.csv"],
        "entities/person.csv": "slug,name,citations\nann,Ann,list#1\nbea,Bea,list#2\ncat,Cat,list#3\n",
        "entities/film.csv": (
            "slug,name,aiUse,citations\none,One,NONE,list#1\ntwo,Two,AI_ASSISTED,list#2\nnil,Nil,UNKNOWN,list#3\n"
        ),
        "entities/place.csv": (
            "slug,name,placeKind,citations\nfr,France,country,list#1\nit,Italy,country,list#2\nrome,Rome,city,list#3\n"
        ),
        "relations/from.csv": (
            "from,to,basis,citations\n"
            "person/ann,fr,born,list#1\nperson/ann,fr,based,list#1\nperson/ann,it,nationality,list#1\n"
            "person/bea,it,born,list#2\nperson/cat,rome,born,list#3\n"
        ),
        "relations/credited_on.csv": (
            "from,to,role,citations\nann,one,CAST,list#1\nann,one,WRITER,list#1\nbea,one,CAST,list#1\n"
            "ann,two,CAST,list#2\ncat,two,CAST,list#2\ncat,nil,CAST,list#3\n"
        ),
    }
    graph = tmp_path / "own.db"
    ended = run_command("load", write_dataset(tmp_path / "own", own), "--database", graph)
    assert ended.code == 0, ended.err
    found = run("mixing", "country", "--database", graph).json
    assert [label["name"] for label in found["labels"]] == ["Italy", "France"]
    assert (found["people"], found["matrix"]) == ([1.5, 0.5], [[0.5, 0.25], [0.25, 0.0]])
    assert (found["ties"], found["unlabelled"]) == (1, 1)  # Rome is no country
    uses = run("mixing", "ai_use", "--database", graph).json
    # Ann has a film of each use; Bea and Cat one of which it is known
    assert dict(zip((label["value"] for label in uses["labels"]), uses["people"], strict=True)) == {
        "NONE": 1.5,
        "AI_ASSISTED": 1.5,
    }


def test_explain(run: Run) -> None:
    found = run("explain", "strength", "person/bo-lee").json
    assert (found["score"], found["rank"]) == (2.0, 1)
    assert [(row["sort"], row["name"], row["amount"], row["share"]) for row in found["rows"]] == [
        ("neighbour", "Ada Stein", 1.0, 0.5),
        ("neighbour", "Cy Moss", 1.0, 0.5),
        ("film", "Cube", 1.0, 0.5),
        ("film", "Imperia", 1.0, 0.5),
    ]
    between = run("explain", "betweenness", "bo-lee").json
    assert sum(row["amount"] for row in between["rows"]) == pytest.approx(between["score"])
    assert "can't be explained" in run("explain", "closeness", "bo-lee").err


def test_similar_and_distances(run: Run) -> None:
    (row,) = run("similar", "ada-stein", "--by", "jaccard").json["rows"]
    assert (row["entity"], row["score"]) == ("person/cy-moss", 1.0)
    assert [other["entity"] for other in row["shared"]] == ["person/bo-lee"]
    assert "Bo Lee" in run("similar", "ada-stein", "-f", "table").out
    alone = run("similar", "ada-stein", "--roles", "director")
    assert (alone.code, alone.json["rows"]) == (0, [])
    assert "Ada Stein shares no neighbours" in alone.err
    far = run("distances", "ada-stein").json["rows"]
    assert [(row["distance"], row["count"]) for row in far] == [(0, 1), (1, 1), (2, 1)]
    assert "steps away" in run("distances", "ada-stein", "-f", "table").out


def test_compare_roles_weights_and_relations(run: Run) -> None:
    found = run("compare", "degree", "--with-roles", "director", "--with-weight", "newman").json
    assert (found["run"]["nodes"], found["with"]["nodes"]) == (4, 3)
    words = ("--projection", "everything", "--relations", "participated_in")
    assert run("robustness", *words).json["run"]["nodes"] == 2
    assert run("explain", "degree", "dee-ray", *words).json["score"] == 1.0
