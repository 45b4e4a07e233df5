"""The page to write queries in: GraphiQL from our own files, with the examples as tabs."""

from functools import cache
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template

import orjson
from starlette.responses import HTMLResponse, Response

from graph_api.http.example_queries import examples

STATIC = Path(__file__).with_name("static")
_BUNDLE = STATIC / "graphiql" / "graphiql.js"
PAGES = Path(__file__).with_name("pages")
IDE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What GraphiQL needs: its editor sets styles from scripts, and its icons and fonts are data addresses."""


@cache
def program_version() -> str:
    """Return the version of this program."""
    try:
        return version("ai-film-graph")
    except PackageNotFoundError:
        return "unknown"


@cache
def page_template(name: str) -> Template:
    """Return a page of the folder pages/, to be filled in."""
    return Template((PAGES / name).read_text(encoding="utf-8"))


def ide_page() -> Response:
    """Return the page; where GraphiQL was not built, one that says how to build it and shows the examples."""
    if not _BUNDLE.is_file():
        shown = "\n".join(f"<h2>{escape(e.title)}</h2>\n<pre>{escape(e.query)}</pre>" for e in examples())
        page = page_template("no-ide.html").substitute(examples=shown)
    else:
        tabs = [{"title": e.title, "query": e.query, "variables": e.variables} for e in examples()]
        config = orjson.dumps({"endpoint": "/graphql", "tabs": tabs}).decode().replace("<", "\\u003c")
        page = page_template("ide.html").substitute(config=config)
    return HTMLResponse(
        page, headers={"content-security-policy": IDE_POLICY, "vary": "accept", "cache-control": "no-cache"}
    )
