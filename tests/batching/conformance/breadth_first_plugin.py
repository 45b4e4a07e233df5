"""A pytest plugin for graphql-core's own tests: what they execute is executed by this project's executor."""

import sys

import graphql  # noqa: F401 - so that the module patched below is there
from graphql.execution import Executor

from graph_api.batching.executor import BreadthFirst


class Shim(BreadthFirst):
    """The executor with graphql-core's own info: these tests know nothing of Strawberry."""

    build_resolve_info = Executor.build_resolve_info


sys.modules["graphql.execution.execute"].IncrementalExecutor = Shim  # type: ignore[attr-defined]
