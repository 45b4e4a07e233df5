"""Any projection of the graph as a file, streamed: `/export/<projection>.<graphml|gexf|net|json|zip>`."""

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from graph_api.domain.access import Access
from graph_api.errors import NotFound
from graph_api.http.caching import cache_control, is_known, not_modified, tag_of
from graph_api.http.execution import Deadline, within
from graph_api.http.export_parameters import export_spec, projection_named
from graph_api.http.ide import program_version
from graph_api.http.service import service_of

if TYPE_CHECKING:
    from graph_api.analytics.projection import ProjectedGraph
    from graph_api.store.base import Store


async def export(request: Request) -> Response:
    """Return a projection in the format that the address ends in."""
    # What writes graphs is heavy to import, and not needed to start.
    from graph_api.analytics.export import FORMATS
    from graph_api.analytics.export import export as written

    service = service_of(request)
    name, _, ending = request.path_params["name"].rpartition(".")
    if ending not in FORMATS:
        raise NotFound(f"there is no export format {ending[:20]!r}; there are {', '.join(FORMATS)}")
    spec = export_spec(projection_named(name), request.query_params)
    store, analyses = service.ready_graph()
    access: Access = request.state.access
    tag = tag_of(program_version(), await service.state_of_graph(), name, ending, request.query_params.multi_items())
    settings = service.settings
    kept = cache_control(access, is_public=settings.public_reads, seconds=settings.cache_seconds)
    told = {"etag": tag, "cache-control": kept, "vary": "authorization"}
    if is_known(request, tag):
        return not_modified(told)
    deadline = Deadline(service.settings.request_deadline)
    graph = await within(deadline, request.receive, analyses.projection(spec))
    names = await within(deadline, request.receive, _names(store, graph))
    pieces = await asyncio.to_thread(written, graph, ending, names)
    headers = {
        "content-type": FORMATS[ending].media_type,
        "content-disposition": f'attachment; filename="{spec.name.lower()}.{ending}"',
        **told,
    }
    return StreamingResponse(pieces, headers=headers)


async def _names(store: "Store", graph: "ProjectedGraph") -> dict[str, str]:
    """Return the names of a projection's nodes by id, one read a kind."""
    names: dict[str, str] = {}
    for kind in sorted(set(graph.kinds)):
        columns = await store.field_columns(kind, [])
        names.update(zip(map(str, columns["id"]), map(str, columns["name"]), strict=True))
    return names
