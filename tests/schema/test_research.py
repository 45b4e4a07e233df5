"""Measures over time, compared, against chance, robustness: through the schema, on the built-in dataset."""

import pytest

from graph_api.errors import BadInput
from tests.schema.asking import Ask, AskRaw, error_of

TIME = """query ($ids: [ID!]) { centralityOverTime(measure: STRENGTH, window: 2, ids: $ids) {
  run { analysis parameters } windows { from to nodes relationships scores { score rank error entity { id } } } } }"""
YEARS = """query ($from: Int, $to: Int, $ids: [ID!]!) {
  centrality(measure: STRENGTH, projection: {years: {from: $from, to: $to}}) {
    run { nodes relationships } of(ids: $ids) { score rank entity { id } } } }"""
TOP = "{ centrality(measure: STRENGTH) { scores(first: 3) { nodes { score rank entity { id } } } } }"


async def test_windows_are_what_centrality_says_of_their_years(ask: Ask) -> None:
    top = (await ask(TOP))["centrality"]["scores"]["nodes"]
    ids = [node["entity"]["id"] for node in top]
    found = (await ask(TIME, {"ids": ids}))["centralityOverTime"]
    assert found["run"]["analysis"] == "OVER_TIME"
    assert found["windows"]
    for window in found["windows"][-3:]:
        wanted = (await ask(YEARS, {"from": window["from"], "to": window["to"], "ids": ids}))["centrality"]
        assert (window["nodes"], window["relationships"]) == (wanted["run"]["nodes"], wanted["run"]["relationships"])
        scores = {score["entity"]["id"]: (score["score"], score["rank"]) for score in window["scores"]}
        assert scores == {s["entity"]["id"]: (s["score"], s["rank"]) for s in wanted["of"] if s}
    unnamed = (await ask(TIME))["centralityOverTime"]["windows"][-1]
    assert len(unnamed["scores"]) == min(10, unnamed["nodes"])


COMPARE = """query ($with: ProjectionInput!) { compareCentrality(measure: DEGREE, with: $with, first: 100) {
  before { run { nodes } } after { run { nodes } }
  changes { risen before { score rank } after { score rank } entity { name } } } }"""


async def test_two_graphs_are_compared(ask: Ask) -> None:
    same = (await ask(COMPARE, {"with": {"citedOnly": True}}))["compareCentrality"]
    assert same["before"]["run"]["nodes"] >= same["after"]["run"]["nodes"] > 0
    late = (await ask(COMPARE, {"with": {"years": {"from": 2025}}}))["compareCentrality"]
    best = [min(s["rank"] for s in (c["before"], c["after"]) if s) for c in late["changes"]]
    assert best == sorted(best)
    for change in late["changes"]:
        before, after = change["before"], change["after"]
        assert change["risen"] == (before["rank"] - after["rank"] if before and after else None)
    assert any(change["after"] is None for change in late["changes"])


ROBUST = """{ robustness(measure: BETWEENNESS, removed: 3) { run { nodes exact } articulationPointCount bridgeCount
  articulationPoints { parted entity { id } } bridges { from { id } to { id } }
  removals { largest components entity { id } } }
  centrality(measure: BETWEENNESS) { scores(first: 3) { nodes { entity { id } } } } }"""


async def test_robustness(ask: Ask) -> None:
    found = await ask(ROBUST)
    own = found["robustness"]
    top = [node["entity"]["id"] for node in found["centrality"]["scores"]["nodes"]]
    assert [step["entity"] and step["entity"]["id"] for step in own["removals"]] == [None, *top]
    assert own["articulationPointCount"] >= len(own["articulationPoints"]) > 0
    parted = [point["parted"] for point in own["articulationPoints"]]
    assert parted == sorted(parted, reverse=True)
    assert own["bridgeCount"] >= len(own["bridges"])
    assert own["run"]["exact"] is True


CHANCE = """query ($ids: [ID!]!) { significance(measure: BETWEENNESS, samples: 5) {
  run { parameters } scores(first: 3) { score expected deviation zScore quantile entity { id } }
  of(ids: $ids) { zScore entity { id } } } }"""


async def test_significance(ask: Ask) -> None:
    top = (await ask(TOP))["centrality"]["scores"]["nodes"][0]["entity"]["id"]
    found = (await ask(CHANCE, {"ids": [top]}))["significance"]
    assert found["run"]["parameters"]["samples"] == 5
    assert found["of"][0]["entity"]["id"] == top
    for row in found["scores"]:
        assert row["zScore"] == pytest.approx((row["score"] - row["expected"]) / row["deviation"], rel=1e-6)
        assert 0 <= row["quantile"] <= 1


@pytest.mark.parametrize(
    "query",
    [
        "{ centralityOverTime(measure: DEGREE, projection: {name: EVERYTHING}) { run { id } } }",
        "{ centralityOverTime(measure: DEGREE, projection: {years: {from: 2020}}) { run { id } } }",
        "{ centralityOverTime(measure: DEGREE, window: 0) { run { id } } }",
        "{ mixing(by: ROLE, projection: {name: PERSON_FILM}) { ties } }",
        "{ robustness(removed: 101) { run { id } } }",
        "{ significance(measure: DEGREE, samples: 1) { run { id } } }",
        "{ compareCentrality(measure: DEGREE, with: {}, first: 0) { changes { risen } } }",
    ],
)
async def test_refusals(ask_raw: AskRaw, query: str) -> None:
    assert isinstance(error_of(await ask_raw(query)), BadInput)


MIX = """query ($by: MixingBy!) { mixing(by: $by) { run { analysis nodes relationships } assortativity error ties
  unlabelled labelCount labels { value people share within entity { id name } } matrix } }"""


@pytest.mark.parametrize("by", ["COUNTRY", "ROLE", "AI_USE"])
async def test_mixing(ask: Ask, by: str) -> None:
    found = (await ask(MIX, {"by": by}))["mixing"]
    assert found["run"]["analysis"] == "MIXING"
    assert found["ties"] <= found["run"]["relationships"]
    assert sum(label["people"] for label in found["labels"]) + found["unlabelled"] == pytest.approx(
        found["run"]["nodes"]
    )
    shares = [label["share"] for label in found["labels"]]
    trace, chance = sum(label["within"] for label in found["labels"]), sum(share * share for share in shares)
    if by == "COUNTRY":
        assert found["ties"] == 0  # in the built-in dataset nobody of a known country worked with another such
        assert found["assortativity"] is None
    else:
        assert sum(map(sum, found["matrix"])) == pytest.approx(1)
        assert found["assortativity"] == pytest.approx((trace - chance) / (1 - chance))
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == found["labelCount"]
    for label in found["labels"]:
        assert (label["entity"] is None) == (by != "COUNTRY")


EXPLAIN = """query ($measure: CentralityMeasure!, $id: ID!) {
  explainCentrality(measure: $measure, id: $id, first: 100) {
  run { analysis } score rank rest neighbours { amount share entity { id } } films { amount share entity { id } }
  bridged { amount share from { size members { id } } to { size members { id } } } } }"""


@pytest.mark.parametrize("measure", ["DEGREE", "STRENGTH", "PAGERANK", "BETWEENNESS"])
async def test_explained(ask: Ask, measure: str) -> None:
    top = """query ($m: CentralityMeasure!) {
      centrality(measure: $m) { scores(first: 1) { nodes { score entity { id } } } } }"""
    best = (await ask(top, {"m": measure}))["centrality"]["scores"]["nodes"][0]
    found = (await ask(EXPLAIN, {"measure": measure, "id": best["entity"]["id"]}))["explainCentrality"]
    assert (found["run"]["analysis"], found["score"], found["rank"]) == ("EXPLAINED", best["score"], 1)
    for name in ["bridged"] if measure == "BETWEENNESS" else ["neighbours", "films"]:
        assert sum(part["amount"] for part in found[name]) + found["rest"] == pytest.approx(found["score"])
        assert found[name][0]["share"] == pytest.approx(found[name][0]["amount"] / found["score"])
    assert all(pair["from"]["members"] and pair["to"]["members"] for pair in found["bridged"])
