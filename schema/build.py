"""The schema, put together."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph_api.batching.executor import BreadthFirst
from schema import awards, festivals, films, organizations, people, places, provenance, relationships, statements
from schema.analyses import AnalysisRun
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

TYPES = (
    people.Person,
    films.Film,
    films.Character,
    organizations.Organization,
    festivals.Festival,
    festivals.FestivalEdition,
    festivals.Event,
    awards.Award,
    awards.Recognition,
    organizations.Platform,
    places.Place,
    statements.Topic,
    statements.Statement,
    provenance.Source,
    provenance.Claim,
    relationships.Relationship,
    relationships.Credit,
    relationships.Participation,
    relationships.Screening,
    relationships.Affiliation,
    AnalysisRun,
)


def make_schema(executor: str = "breadth-first") -> strawberry.Schema:
    """Return the schema; its resolvers want a `schema.context.Context`.

    Args:
        executor: breadth-first or graphql-core, see docs/executor.md.
    """
    own = {"breadth-first": BreadthFirst, "graphql-core": None}[executor]
    config = StrawberryConfig(scalar_map=SCALARS)
    return strawberry.Schema(Query, Mutation, Subscription, types=TYPES, config=config, execution_context_class=own)
