"""The root of all subscriptions."""

import strawberry

from schema.analysis_subscriptions import AnalysisSubscriptions


@strawberry.type(description="What can be followed.")
class Subscription(AnalysisSubscriptions):
    """The root of all subscriptions."""
