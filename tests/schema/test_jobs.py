"""Analyses as jobs through the schema: started, followed, asked for by id, stopped."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest
from strawberry.types import ExecutionResult

from graph_api.analytics.jobs.jobs import JobLimits, Jobs
from graph_api.analytics.measures.catalogue import CentralityMeasure
from graph_api.analytics.service import Analyses
from graph_api.analytics.spec import Projection, ProjectionSpec
from graph_api.errors import BadInput, NotFound, Unauthenticated
from graph_api.store.base import Store
from schema import analysis_mutations
from schema.context import Context
from tests.analytics.slow_work import busy, request
from tests.schema.asking import error_of, the_schema

START = "mutation ($input: AnalysisInput!) { startAnalysis(input: $input) { id status exact progress parameters } }"
CANCEL = "mutation ($id: ID!) { cancelAnalysis(id: $id) { id status error } }"
FOLLOW = "subscription ($id: ID!) { analysisProgress(id: $id) { id status progress nodes } }"
RUN = """query ($id: ID!) { analysisRun(id: $id) { status
  centrality { run { id } scores(first: 1) { nodes { rank entity { name } } } of(ids: []) { score } } } }"""


@pytest.fixture
async def service(store: Store, loaded: str) -> AsyncIterator[Analyses]:
    opened = Analyses(store, jobs=Jobs(loaded, JobLimits()))
    yield opened
    await opened.close()


async def ask(
    service: Analyses, text: str, *, local: bool = True, patience: float = 8.0, **variables: object
) -> ExecutionResult:
    context = Context(service._store, service, is_local=local, patience=patience)
    return await the_schema().execute(text, variables, context_value=context)


async def test_a_quick_analysis_is_done_when_start_answers(service: Analyses) -> None:
    given = {"measure": "DEGREE", "projection": {"name": "EVERYTHING"}}
    answer = await ask(service, START, input=given)
    assert answer.data is not None, answer.errors
    status = answer.data["startAnalysis"]["status"]
    if status != "SUCCEEDED":  # a store that took over 2 s to read, on a busy machine
        await service.centrality(CentralityMeasure.DEGREE, ProjectionSpec(Projection.EVERYTHING))
        answer = await ask(service, START, input=given)
    assert answer.data is not None, answer.errors
    run = answer.data["startAnalysis"]
    assert (run["status"], run["exact"], run["progress"]) == ("SUCCEEDED", True, 1.0)
    assert run["parameters"]["projection"]["name"] == "EVERYTHING"
    found = (await ask(service, RUN, id=run["id"])).data
    assert found is not None
    assert found["analysisRun"]["centrality"]["scores"]["nodes"][0]["rank"] == 1
    followed = await the_schema().subscribe(FOLLOW, {"id": run["id"]}, context_value=Context(service._store, service))
    records = [event.data["analysisProgress"]["status"] async for event in followed if event.data]
    assert records == ["SUCCEEDED"]


@pytest.mark.slow
async def test_a_long_one_is_started_followed_and_stopped(service: Analyses, monkeypatch: pytest.MonkeyPatch) -> None:
    long = request("DEGREE", partial(busy, seconds=60.0), seconds=60.0)
    monkeypatch.setattr(analysis_mutations, "analysis_request", lambda value: long)
    monkeypatch.setattr(service._computing, "_inline_seconds", -1.0)
    started = await ask(service, START, input={"measure": "DEGREE"})
    assert started.data is not None, started.errors
    run = started.data["startAnalysis"]
    assert run["status"] in ("QUEUED", "RUNNING")
    context = Context(service._store, service)
    followed = await the_schema().subscribe(FOLLOW, {"id": run["id"]}, context_value=context)
    seen = []
    moments: list[float] = []
    async for event in followed:
        assert event.data is not None, event.errors
        seen.append(event.data["analysisProgress"])
        moments.append(time.monotonic())
        if len(seen) == 12:
            assert moments[11] - moments[3] > 0.6  # ten a second are the most, however often the work tells
            found = (await ask(service, RUN, id=run["id"])).data
            assert found == {"analysisRun": {"status": "RUNNING", "centrality": None}}
            stopped = (await ask(service, CANCEL, id=run["id"])).data
            assert stopped is not None
            assert stopped["cancelAnalysis"] == {"id": run["id"], "status": "CANCELLED", "error": None}
    assert seen[-1]["status"] == "CANCELLED"
    assert seen[-1]["nodes"] > 0
    assert 0 < seen[-1]["progress"] < 1


@pytest.mark.slow
async def test_a_query_that_takes_longer_answers_with_a_run_to_follow(
    service: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service._computing, "_inline_seconds", -1.0)
    text = """{ centrality(measure: PAGERANK) {
        run { id status } scores { nodes { score } } of(ids: ["UGVyc29uOmFubg"]) { score } }
      communities { run { status } modularity communities { nodes { size } } of(ids: ["UGVyc29uOmFubg"]) { size } } }"""
    answer = await ask(service, text, patience=0.0)
    assert answer.errors is None
    assert answer.data is not None
    found = answer.data["centrality"]
    assert (found["scores"], found["of"]) == (None, [None])
    assert answer.data["communities"]["communities"] is None
    assert answer.data["communities"]["of"] == [None]
    run = found["run"]["id"]
    async with asyncio.timeout(60):
        async for _ in service.watch(run):
            pass
    done = (await ask(service, RUN, id=run)).data
    assert done is not None
    assert done["analysisRun"]["status"] == "SUCCEEDED"
    assert done["analysisRun"]["centrality"]["scores"]["nodes"][0]["rank"] == 1


async def test_refusals(service: Analyses) -> None:
    refused = error_of(await ask(service, START, local=False, input={"measure": "DEGREE"}))
    assert isinstance(refused, Unauthenticated)
    assert isinstance(error_of(await ask(service, CANCEL, local=False, id="x")), Unauthenticated)
    both = {"measure": "DEGREE", "communities": "LEIDEN"}
    for wrong in ({}, both, {"measure": "DEGREE", "parameters": [1]}, {"measure": "KATZ", "parameters": {"alpha": 2}}):
        assert isinstance(error_of(await ask(service, START, input=wrong)), BadInput)
    run = (await service.centrality(CentralityMeasure.DEGREE, ProjectionSpec())).run.id
    unknown = run[:-4] + ("AAAA" if run[-4:] != "AAAA" else "BBBB")
    error = error_of(await ask(service, CANCEL, id=unknown))
    assert isinstance(error, (NotFound, BadInput))
    assert isinstance(error_of(await ask(service, CANCEL, id="UGVyc29uOmFubg")), BadInput)
