"""The printed reference says what the catalogues say, and every analysis is in all of them."""

import re
from pathlib import Path

from graph_api.analytics.communities import ALGORITHMS, CommunityAlgorithm
from graph_api.analytics.engines import ENGINES, engine_versions
from graph_api.analytics.measures.catalogue import MEASURES, CentralityMeasure
from graph_api.analytics.parameters import check_parameters
from graph_api.analytics.reference import rewritten, tables
from graph_api.analytics.similarity import SIMILARITIES, SimilarityMeasure
from graph_api.analytics.spec import PROJECTIONS, Projection

PAGE = Path(__file__).resolve().parents[2] / "docs" / "analyses.md"
DOI = re.compile(r"10\.\d{4,9}/\S+")


def test_the_page_is_up_to_date() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert rewritten(text) == text, "run: python -m graph_api.analytics.reference docs/analyses.md"
    assert all(f"<!-- {name} begin -->" in text for name in tables())


def test_catalogues_are_complete() -> None:
    assert set(MEASURES) == set(CentralityMeasure)
    assert set(ALGORITHMS) == set(CommunityAlgorithm)
    assert set(SIMILARITIES) == set(SimilarityMeasure)
    assert set(PROJECTIONS) == set(Projection)
    named = {member.value for enum in (CentralityMeasure, CommunityAlgorithm, SimilarityMeasure) for member in enum}
    assert set(ENGINES) == named | {"PATHS", "DISTANCES", "EXPLAINED", "MIXING"}
    assert all(engine_versions(engine.name) for engine in ENGINES.values())


def test_references_are_dois_and_defaults_pass_their_own_checks() -> None:
    references = [record.reference for record in MEASURES.values()]
    references += [record.reference for record in ALGORITHMS.values()]
    references += [record.reference for record in SIMILARITIES.values()]
    assert all(DOI.fullmatch(reference) for reference in references)
    for name, parameters in (
        *((m.value, r.parameters) for m, r in MEASURES.items()),
        *((a.value, r.parameters) for a, r in ALGORITHMS.items()),
    ):
        given = {p.name: p.default for p in parameters if not p.required}
        required = {p.name: ["x"] for p in parameters if p.required}
        assert check_parameters(name, parameters, {**given, **required}) == check_parameters(name, parameters, required)
        assert all(p.as_json()["description"] for p in parameters)
