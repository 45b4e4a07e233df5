"""The root of all mutations."""

import strawberry

from schema.change_mutations import ChangeMutations


@strawberry.type(description="What can be changed, and started.")
class Mutation(ChangeMutations):
    """The root of all mutations."""
