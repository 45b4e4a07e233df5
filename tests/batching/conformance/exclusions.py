"""graphql-core's own tests that do not hold, each with the reason; there are fewer than fifteen."""

_ORDER = (
    "which of several errors below one null is told, and in which order, depends on when each task of graphql-core"
    " wakes; here errors of one step come in the document's order. Data and nulls are the same."
)
_ASYNC_LIST = (
    "an asynchronous iterable is read to its end before its items are completed, not stopped at the first item that"
    " fails: items of a level are completed together. Data and nulls are the same."
)
EXCLUSIONS: dict[str, str] = {
    "test_nonnull.py::describe_execute_handles_non_nullable_types::"
    "describe_nulls_a_complex_tree_of_nullable_fields_each::throws": _ORDER,
    "test_nonnull.py::describe_execute_handles_non_nullable_types::"
    "describe_handles_multiple_errors_for_a_single_response_position::"
    "nullable_and_non_nullable_root_fields_throw_nested_errors": _ORDER,
    "test_nonnull.py::describe_execute_handles_non_nullable_types::"
    "describe_handles_multiple_errors_for_a_single_response_position::"
    "slower_nullable_after_non_nullable_root_field": _ORDER,
    "test_nonnull.py::describe_execute_handles_non_nullable_types::"
    "describe_handles_multiple_errors_for_a_single_response_position::"
    "nullable_and_non_nullable_nested_fields_throw_nested_errors": _ORDER,
    "test_nonnull.py::describe_execute_handles_non_nullable_types::"
    "describe_handles_multiple_errors_for_a_single_response_position::"
    "slower_nullable_after_non_nullable_nested_field": _ORDER,
    "test_lists.py::describe_execute_accepts_async_iterables_as_list_value::"
    "handles_mixture_of_sync_and_async_errors_in_async_iterables": _ASYNC_LIST,
    "test_lists.py::describe_execute_accepts_async_iterables_as_list_value::"
    "calls_aclose_when_non_null_list_item_errors": _ASYNC_LIST,
    "test_lists.py::describe_execute_handles_abrupt_completion_in_synchronous_iterables::"
    "handles_sync_errors_with_later_pending_awaitables": (
        "a list that holds awaitables beside a null where none may be: the awaitables are awaited before the answer"
        " is given, not after it in the background. The answer is the same."
    ),
    "test_cancellation.py::describe_execute_cancellation::suppresses_sibling_errors_after_a_non_null_error_bubbles": (
        "a sibling that nobody needs any more is cancelled at once; the test sets an exception on its future three"
        " turns of the loop later, which a cancelled future refuses."
    ),
}
"""By the end of the test's id."""
