"""What variables may hold: lists and text of bounded length. How deep they are is seen before: `nesting`."""

from collections.abc import Mapping

from graph_api.errors import VariablesTooLarge
from graph_api.settings import Settings


def check_variables(variables: Mapping[str, object], settings: Settings) -> None:
    """Make sure that variables are within the limits; the work is linear in them, and needs no stack.

    Raises:
        VariablesTooLarge: they are not.
    """
    longest, most = settings.max_variable_text, settings.max_variable_list
    # Mostly there are a few numbers and names: those are done with here.
    level = [value for value in variables.values() if not isinstance(value, (int, float)) and value is not None]
    while level:
        below: list[object] = []
        for value in level:
            if isinstance(value, str):
                if len(value) > longest:
                    raise _too_large("a text of {} characters", len(value), longest)
            elif isinstance(value, list):
                if len(value) > most:
                    raise _too_large("a list of {} items", len(value), most)
                below += value
            elif isinstance(value, dict):
                if len(value) > most:
                    raise _too_large("an object of {} keys", len(value), most)
                below += value.values()
        level = below


def _too_large(what: str, requested: int, limit: int) -> VariablesTooLarge:
    return VariablesTooLarge(
        f"the variables hold {what.format(requested)} and {limit} is the most; send less",
        limit=limit,
        requested=requested,
    )
