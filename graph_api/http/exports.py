"""Exports."""

from starlette.requests import Request
from starlette.responses import Response


async def export(request: Request) -> Response:
    """X."""
    raise NotImplementedError
