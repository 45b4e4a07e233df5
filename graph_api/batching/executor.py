"""The executor: give it to a schema, `strawberry.Schema(..., execution_context_class=BreadthFirst)`.

It takes over how an operation is executed. Choosing it and coercing its variables stay graphql-core's,
remembered where that gives the same. What it can't do is left to graphql-core's own executor
(docs/executor.md has the list).
"""

from collections.abc import Callable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    default_field_resolver,
    default_type_resolver,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from graph_api.batching.plan import SelectionPlan
from graph_api.batching.plans import PLANS
from graph_api.batching.prepared import PREPARED
from graph_api.batching.running import Run


class BreadthFirst(StrawberryGraphQLCoreExecutionContext):
    """Resolves a level of a query at once.

    Attributes:
        encode: to be set by who makes one text of the answer anyway: it makes of a finished part of a long
            answer what stands for it, such as `orjson.Fragment`, and saves the memory of its objects.
        check: to be set by who may want an operation to end before it is done: it is called at each level of an
            answer and before each resolver of a single object, and ends the operation by raising.
    """

    encode: Callable[[Any], Any] | None = None
    check: Callable[[], None] | None = None

    @classmethod
    @override
    def build(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root_value: Any = None,
        context_value: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        field_resolver: Any = None,
        type_resolver: Any = None,
        subscribe_field_resolver: Any = None,
        max_coercion_errors: int = 50,
        enable_early_execution: bool = False,
        middleware: Any = None,
        *args: Any,
        **named: Any,
    ) -> Any:
        known = PREPARED.get(schema, document, operation_name) if middleware is None else None
        values = known.values(raw_variable_values or {}) if known is not None else None
        if known is None or values is None:
            built = super().build(
                schema, document, root_value, context_value, raw_variable_values, operation_name, field_resolver,
                type_resolver, subscribe_field_resolver, max_coercion_errors, enable_early_execution, middleware,
                *args, **named,
            )  # fmt: skip
            if known is None and middleware is None and not isinstance(built, list):
                PREPARED.learn(document, operation_name, built)
            return built
        return cls(
            schema, known.fragment_definitions, known.fragments, root_value, context_value, known.operation, values,
            field_resolver or default_field_resolver, type_resolver or default_type_resolver,
            subscribe_field_resolver or default_field_resolver, enable_early_execution, None, *args, **named,
        )  # fmt: skip

    @override
    def execute_operation(self, serially: bool | None = None) -> Any:
        plan = self._plan()
        if plan is None:
            return super().execute_operation(serially)
        run = Run(self, self.encode, self.check)
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
