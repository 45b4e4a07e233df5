"""The executor: give it to a schema, `strawberry.Schema(..., execution_context_class=BreadthFirst)`.

It takes over one method of graphql-core's; choosing the operation and coercing its variables
stay there. What it can't do is left to graphql-core's own executor (docs/executor.md has the list).
"""

from typing import Any

from graphql import ExecutionResult, GraphQLError, OperationType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from graph_api.batching.plan import SelectionPlan
from graph_api.batching.plans import PLANS
from graph_api.batching.running import Run


class BreadthFirst(StrawberryGraphQLCoreExecutionContext):
    """Resolves a level of a query at once."""

    @override
    def execute_operation(self, serially: bool | None = None) -> Any:
        plan = self._plan()
        if plan is None:
            return super().execute_operation(serially)
        run = Run(self)
        is_mutation = self.operation.operation is OperationType.MUTATION
        try:
            answer = run.start(plan, self.root_value, serially=is_mutation if serially is None else serially)
        except BaseException:
            run.waiting.leave()
            raise
        found: list[Any] = []
        answer.give_to(found.extend)
        return _later(run, found) if run.waiting else _result(run, found)

    def _plan(self) -> SelectionPlan | None:
        middleware = self.middleware_manager
        if (
            self.operation.operation is OperationType.SUBSCRIPTION
            or (middleware is not None and middleware.middlewares)
            or self.abort_signal is not None
            or self.hooks is not None
            or not self.error_propagation
        ):
            return None
        try:
            return PLANS.get(self)
        except (GraphQLError, RecursionError):  # graphql-core finds it too, and says it in its own way
            return None


def _result(run: Run, answer: list[Any]) -> ExecutionResult:
    data, errors = run.failures.settle(answer[0]) if len(run.failures) else (answer[0], None)
    return ExecutionResult(data, errors)


async def _later(run: Run, found: list[Any]) -> ExecutionResult:
    await run.finish()
    return _result(run, found)
