"""The first page: what this is, what it holds, and what to try."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from graph_api.domain.catalogue import KINDS
from graph_api.domain.records import Counts
from graph_api.errors import FilmGraphError
from graph_api.http.caching import with_tag
from graph_api.http.example_queries import examples
from graph_api.http.ide import PAGES, STATIC, page_template, program_version
from graph_api.http.service import Service, service_of

_SHOWN_EXPORTS = (
    ("collaboration", "Who worked with whom"),
    ("co_participation", "Who took part in the same events"),
    ("person_film", "People and their films"),
    ("festival_film", "Festivals and the films they showed or honoured"),
    ("co_recognition", "Films honoured together"),
)
_SHOWN_FORMATS = ("graphml", "gexf", "net", "json", "zip")


@cache
def _style() -> tuple[str, str]:
    """Return the page's style and the policy that allows it and nothing else."""
    css = (PAGES / "home.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(css.encode()).digest()).decode("ascii")
    return css, (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


async def home(request: Request) -> Response:
    """Return the first page."""
    service = service_of(request)
    css, policy = _style()
    page = page_template("home.html").substitute(
        style=css,
        counts=await _counts(service),
        links="\n".join(_links(service)),
        examples=_examples(service),
        exports="\n".join(_exports()),
        version=escape(program_version()),
    )
    response = HTMLResponse(page, headers={"content-security-policy": policy, "cache-control": "no-cache"})
    return with_tag(request, response)


async def favicon(_: Request) -> Response:
    """Return the page's sign."""
    return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


def _examples(service: Service) -> str:
    """Return what shows queries; nothing where the pages explain nothing, as in the locked profile."""
    if not service.settings.ide:
        return ""
    where = '<a href="/graphql">The query page</a> has them ready to run.'
    if service.trusted.only:
        where = "This service executes trusted documents alone; send them to one of your own."
    shown = "\n".join(
        f"<details><summary>{escape(e.title)}</summary><pre>{escape(e.query)}</pre></details>" for e in examples()
    )
    return page_template("examples.html").substitute(where=where, examples=shown)


async def _counts(service: Service) -> str:
    if not service.settings.public_reads:
        return '<p class="notice">What it holds is read with a token alone.</p>'
    try:
        store, _ = service.ready_graph()
        counts, revision = await store.counts(), await store.revision()
    except FilmGraphError as error:
        return f'<p class="notice" role="status">No figures yet: {escape(error.message)}.</p>'
    return "\n".join(_figures(counts, revision))


def _figures(counts: Counts, revision: int) -> list[str]:
    def figure(name: str, number: int) -> str:
        return f"<div><dt>{escape(name)}</dt><dd>{number:,}</dd></div>"

    kinds = [figure(_words(KINDS[kind].plural), counts.kinds.get(kind, 0)) for kind in KINDS]
    relations = [
        figure(relation.value.replace("_", " ").lower(), count)
        for relation, count in sorted(counts.relations.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    whole = [
        figure("relations", sum(counts.relations.values())),
        figure("sources", counts.sources),
        figure("claims", counts.claims),
        figure("conflicts", counts.conflicts),
        figure("revision", revision),
    ]
    return [
        '<dl class="counts">', *kinds, *whole, "</dl>",
        '<details><summary>Relations by type</summary><dl class="counts inside">', *relations, "</dl></details>",
    ]  # fmt: skip


def _words(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name)


def _links(service: Service) -> list[str]:
    links = []
    if service.settings.ide:
        links.append(("/graphql", "Query page", f"write queries with completion; {len(examples())} examples are ready"))
    if service.settings.introspection:
        links.append(("/schema.graphql", "Schema", "every type, field and argument with its description"))
    links.append(("/export/collaboration.graphml", "Collaboration graph", "who worked with whom, as GraphML"))
    if service.settings.get_queries and not service.trusted.only:
        address = "/graphql?query=%7Bgraph%7Brevision%20hash%20kinds%7Bkind%20count%7D%7D%7D"
        links.append((address, "A query in the address", "what the graph holds, as JSON"))
    return [
        f'<li><a href="{escape(address)}">{escape(name)}</a> <span>{escape(what)}</span></li>'
        for address, name, what in links
    ]


def _exports() -> list[str]:
    return [
        f"<li><b>{escape(title)}</b> "
        + " ".join(f'<a href="/export/{name}.{form}">{form}</a>' for form in _SHOWN_FORMATS)
        + "</li>"
        for name, title in _SHOWN_EXPORTS
    ]
