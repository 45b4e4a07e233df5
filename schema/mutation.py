"""The root of all mutations."""

import strawberry

from schema.analysis_mutations import AnalysisMutations
from schema.change_mutations import ChangeMutations


@strawberry.type(description="What can be changed, and started.")
class Mutation(AnalysisMutations, ChangeMutations):
    """The root of all mutations."""
