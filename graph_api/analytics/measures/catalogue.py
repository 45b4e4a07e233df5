"""The catalogue of centrality measures: the enum, the checks, `measures`, the reference are made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from graph_api.analytics.engines import ENGINES, Engine
from graph_api.analytics.measures import cohesion, cost, degree, influence, paths, spectral, walks
from graph_api.analytics.parameters import Parameter, Parameters
from graph_api.analytics.projection import ProjectedGraph
from graph_api.domain.arrays import FloatArray, np


class CentralityMeasure(StrEnum):
    """The measures of how central a node is."""

    DEGREE = "DEGREE"
    STRENGTH = "STRENGTH"
    PAGERANK = "PAGERANK"
    PERSONALIZED_PAGERANK = "PERSONALIZED_PAGERANK"
    ARTICLE_RANK = "ARTICLE_RANK"
    BETWEENNESS = "BETWEENNESS"
    CLOSENESS = "CLOSENESS"
    HARMONIC = "HARMONIC"
    EIGENVECTOR = "EIGENVECTOR"
    KATZ = "KATZ"
    HITS_HUB = "HITS_HUB"
    HITS_AUTHORITY = "HITS_AUTHORITY"
    CORE_NUMBER = "CORE_NUMBER"
    CLUSTERING = "CLUSTERING"
    CONSTRAINT = "CONSTRAINT"
    INFLUENCE_MAXIMIZATION = "INFLUENCE_MAXIMIZATION"


Function: TypeAlias = Callable[[ProjectedGraph, Parameters], FloatArray]


@dataclass(frozen=True, slots=True)
class Measure:
    """One centrality measure.

    Attributes:
        measure: its id.
        title: its name.
        meaning: what a high score says.
        directed: what it does with direction.
        weights: what a weight means to it.
        disconnected: what it does where not every node can be reached.
        normalisation: what scores are divided by; that of NetworkX.
        complexity: time for n nodes and m ties.
        reference: DOI.
        parameters: what it takes.
        function: scores in node order; NaN where a node has none.
        follows_direction: gets a directed projection as it is, else without direction.
        seconds: a rough estimate of the time it takes.
    """

    measure: CentralityMeasure
    title: str
    meaning: str
    directed: str
    weights: str
    disconnected: str
    normalisation: str
    complexity: str
    reference: str
    parameters: tuple[Parameter, ...]
    function: Function
    follows_direction: bool = False
    seconds: cost.Estimate = cost.linear

    @property
    def engine(self) -> Engine:
        """The library that computes it."""
        return ENGINES[self.measure.value]

    def compute(self, graph: ProjectedGraph, parameters: Parameters) -> FloatArray:
        """Return a score for each node of a projection, in node order."""
        if len(graph) == 0:
            return np.empty(0)
        return self.function(graph if self.follows_direction else graph.undirected, parameters)


_IGNORED = "Direction is left out: a tie counts for both ends."
_FOLLOWED = "Ties are followed from source to target in EVERYTHING; the other projections have no direction."
_STRENGTH = "A strength; `weighted: false` counts every tie alike."
_STRENGTH_ON_ASKING = "Not used, or a strength with `weighted: true`."
_DISTANCE = "Not used, or with `weighted: true` a tie is 1/weight long: a weight is a strength."
_UNUSED = "Not used."
_LOCAL = "Nothing special: a score rests on the node's own surroundings."


def _weighted(default: bool) -> Parameter:
    return Parameter("weighted", "boolean", default, "use the weights of ties")


def _iteration(tolerance: float = 1e-13) -> tuple[Parameter, Parameter]:
    return (
        Parameter("tolerance", "number", tolerance, "summed change per round at which iteration ends", 1e-15, 1e-2),
        Parameter("max_iterations", "integer", 10_000, "rounds after which it is given up", 1, 1_000_000),
    )


_ALPHA = Parameter("alpha", "number", 0.85, "share of the score that follows ties; the rest jumps", 0.0, 0.999)
_WALK = (_ALPHA, _weighted(True), *_iteration())
_M = CentralityMeasure
MEASURES: Mapping[CentralityMeasure, Measure] = MappingProxyType(
    {
        record.measure: record
        for record in (
            Measure(
                _M.DEGREE,
                "Degree",
                "Tied to a large share of all others.",
                _IGNORED,
                _UNUSED,
                _LOCAL,
                "n - 1",
                "O(m)",
                "10.1016/0378-8733(78)90021-7",
                (),
                degree.degree,
            ),
            Measure(
                _M.STRENGTH,
                "Strength",
                "Many or strong ties: the sum of their weights.",
                _IGNORED,
                "A strength: weights are added.",
                _LOCAL,
                "none",
                "O(m)",
                "10.1073/pnas.0400087101",
                (),
                degree.strength,
            ),
            Measure(
                _M.PAGERANK,
                "PageRank",
                "Tied to others who are themselves important and have few ties to give.",
                _FOLLOWED,
                _STRENGTH,
                "Defined: jumps reach every component; nodes without ties hand their score to all.",
                "scores sum to 1",
                "O(m) per round",
                "10.1016/S0169-7552(98)00110-X",
                _WALK,
                walks.pagerank,
                True,
                cost.iterated,
            ),
            Measure(
                _M.PERSONALIZED_PAGERANK,
                "Personalised PageRank",
                "Close to the given nodes, by many and strong ways.",
                _FOLLOWED,
                _STRENGTH,
                "What can't be reached from the sources has 0.",
                "scores sum to 1",
                "O(m) per round",
                "10.1109/TKDE.2003.1208999",
                (Parameter("sources", "ids", None, "the nodes to which jumps lead", required=True), *_WALK),
                walks.personalized_pagerank,
                True,
                cost.iterated,
            ),
            Measure(
                _M.ARTICLE_RANK,
                "ArticleRank",
                "As PageRank, but ties from nodes that have few of them count less.",
                _FOLLOWED,
                _STRENGTH_ON_ASKING,
                "A node that nothing leads to has 1 - alpha.",
                "none",
                "O(m) per round",
                "10.1108/00012530911005544",
                (_ALPHA, _weighted(False), *_iteration()),
                walks.article_rank,
                True,
                cost.iterated,
            ),
            Measure(
                _M.BETWEENNESS,
                "Betweenness",
                "Lies on many of the shortest ways between others: a broker.",
                _IGNORED,
                _DISTANCE,
                "Pairs without a way add nothing.",
                "(n - 1)(n - 2) / 2",
                "O(nm), weighted O(nm + n² log n)",
                "10.2307/3033543",
                (_weighted(False),),
                paths.betweenness,
                seconds=cost.brandes,
            ),
            Measure(
                _M.CLOSENESS,
                "Closeness",
                "Few steps from everybody it can reach.",
                _IGNORED,
                _DISTANCE,
                "Mean distance within the component, times the share of nodes in it (Wasserman and Faust).",
                "n - 1",
                "O(nm + n² log n)",
                "10.1016/0378-8733(78)90021-7",
                (_weighted(False),),
                paths.closeness,
                seconds=cost.searches,
            ),
            Measure(
                _M.HARMONIC,
                "Harmonic centrality",
                "Few steps from many; what can't be reached costs nothing.",
                _IGNORED,
                _DISTANCE,
                "A node that can't be reached adds 0.",
                "none",
                "O(nm + n² log n)",
                "10.1080/15427951.2013.865686",
                (_weighted(False),),
                paths.harmonic,
                seconds=cost.searches,
            ),
            Measure(
                _M.EIGENVECTOR,
                "Eigenvector centrality",
                "Tied to others who are themselves central.",
                _IGNORED,
                _STRENGTH_ON_ASKING,
                "The component with the largest eigenvalue has all the score, the others 0; equal ones share it.",
                "Euclidean length 1",
                "O(m) per round",
                "10.1086/228631",
                (_weighted(False),),
                spectral.eigenvector,
                seconds=cost.iterated,
            ),
            Measure(
                _M.KATZ,
                "Katz centrality",
                "Reached by many walks, short ones above all.",
                _IGNORED,
                _STRENGTH_ON_ASKING,
                "Defined: every node has a score of its own.",
                "Euclidean length 1",
                "O(m) per round",
                "10.1007/BF02289026",
                (
                    Parameter(
                        "alpha",
                        "number",
                        None,
                        "damping per step; null: 0.1, or 0.9 / largest eigenvalue if smaller",
                        0.0,
                        1.0,
                    ),
                    Parameter("beta", "number", 1.0, "score each node has of its own", 1e-9, 1e9),
                    _weighted(False),
                    *_iteration(),
                ),
                spectral.katz,
                seconds=cost.iterated,
            ),
            Measure(
                _M.HITS_HUB,
                "HITS hub",
                "Leads to many good authorities.",
                _FOLLOWED,
                _STRENGTH,
                "As EIGENVECTOR.",
                "scores sum to 1",
                "O(m) per round",
                "10.1145/324133.324140",
                (_weighted(True),),
                spectral.hits_hub,
                True,
                cost.iterated,
            ),
            Measure(
                _M.HITS_AUTHORITY,
                "HITS authority",
                "Many good hubs lead to it.",
                _FOLLOWED,
                _STRENGTH,
                "As EIGENVECTOR.",
                "scores sum to 1",
                "O(m) per round",
                "10.1145/324133.324140",
                (_weighted(True),),
                spectral.hits_authority,
                True,
                cost.iterated,
            ),
            Measure(
                _M.CORE_NUMBER,
                "Core number",
                "Part of a group in which everybody has at least so many ties.",
                _IGNORED,
                _UNUSED,
                "Nothing special; without ties 0.",
                "none",
                "O(m)",
                "10.1016/0378-8733(83)90028-X",
                (),
                cohesion.core_number,
                seconds=cost.objects,
            ),
            Measure(
                _M.CLUSTERING,
                "Clustering coefficient",
                "The node's neighbours know each other.",
                _IGNORED,
                "Not used, or with `weighted: true` the mean strength of triangles.",
                _LOCAL,
                "pairs of neighbours",
                "O(sum of degree²)",
                "10.1038/30918",
                (_weighted(False),),
                cohesion.clustering,
                seconds=cost.triangles,
            ),
            Measure(
                _M.CONSTRAINT,
                "Burt's constraint",
                "Hemmed in: contacts are tied to each other. A low score marks a broker.",
                _IGNORED,
                _STRENGTH_ON_ASKING,
                "A node without ties has no score.",
                "none",
                "O(sum of degree²)",
                "10.1086/421787",
                (_weighted(False),),
                cohesion.constraint,
                seconds=cost.two_steps,
            ),
            Measure(
                _M.INFLUENCE_MAXIMIZATION,
                "Influence maximisation",
                "One of the seeds that together reach most; its marginal gain.",
                _IGNORED,
                "Not used: one probability for every tie.",
                "Seeds spread over the components.",
                "none",
                "O(runs (n k + m))",
                "10.1145/956750.956769",
                (
                    Parameter("k", "integer", 10, "how many seeds", 1, 1_000),
                    Parameter("probability", "number", 0.1, "that a tie carries influence", 0.0, 1.0),
                    Parameter("runs", "integer", 200, "graphs drawn", 1, 100_000),
                    Parameter("seed", "integer", 0, "of the random numbers", 0, 2**32 - 1),
                ),
                influence.influence_maximization,
                seconds=cost.cascades,
            ),
        )
    }
)
