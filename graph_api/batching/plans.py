"""Plans, kept by their operation and the values of their conditions; the least recently used is forgotten first."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from graphql import OperationDefinitionNode
from graphql.execution import Executor
from graphql.execution.collect_fields import FragmentDetails

from graph_api.batching.plan import Conditions, SelectionPlan, plan_root

_KEPT = 512
_VARIANTS = 32


class _Known:
    """What is known of one operation. It holds the operation, so that its identity is not reused."""

    __slots__ = ("conditions", "executor", "fragments", "operation", "schema", "variants")

    def __init__(self, executor: Executor[Any]) -> None:
        self.operation: OperationDefinitionNode = executor.operation
        self.fragments: Mapping[str, FragmentDetails] = executor.fragments
        self.schema = executor.schema
        self.conditions = Conditions(executor.operation, executor.fragments)
        self.variants: OrderedDict[tuple[Any, ...], SelectionPlan] = OrderedDict()

    def fits(self, executor: Executor[Any]) -> bool:
        return self.schema is executor.schema and self.fragments == executor.fragments


class Plans:
    """Plans of many operations, at most `kept`; of each at most `variants` by its conditions."""

    def __init__(self, kept: int = _KEPT, variants: int = _VARIANTS) -> None:
        self._kept = kept
        self._variants = variants
        self._known: OrderedDict[tuple[int, int, bool], _Known] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return sum(len(known.variants) for known in self._known.values())

    def get(self, executor: Executor[Any]) -> SelectionPlan | None:
        """Return the plan of an executor's operation; None for one that graphql-core has to execute.

        Raises:
            GraphQLError: a condition can't be read.
        """
        with self._lock:
            known = self._operation(executor)
            if not known.conditions.can_be_planned:
                return None
            values = executor.variable_values.coerced
            key = tuple([values.get(name) for name in known.conditions.names])
            plan = known.variants.get(key)
            if plan is None:
                root = executor.schema.get_root_type(executor.operation.operation)
                if root is None:
                    return None
                plan = known.variants[key] = plan_root(executor, root)
                if len(known.variants) > self._variants:
                    known.variants.popitem(last=False)
            elif known.conditions.names:
                known.variants.move_to_end(key)
            return plan

    def _operation(self, executor: Executor[Any]) -> _Known:
        key = (id(executor.operation), id(executor.schema), executor.hide_suggestions)
        known = self._known.get(key)
        if known is None or not known.fits(executor):
            known = self._known[key] = _Known(executor)
            if len(self._known) > self._kept:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return known


PLANS = Plans()
"""The plans of this process."""
