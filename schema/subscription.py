"""The root of all subscriptions."""

import strawberry

from schema.analysis_subscriptions import AnalysisSubscriptions
from schema.change_subscriptions import ChangeSubscriptions


@strawberry.type(description="What can be followed.")
class Subscription(AnalysisSubscriptions, ChangeSubscriptions):
    """The root of all subscriptions."""
