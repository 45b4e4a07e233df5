"""The pages in a real browser: they work under their policy, and ask no other address."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_api.http import ide
from tests.http import browser
from tests.http.test_server import running

BINARY = browser.find()
pytestmark = [pytest.mark.browser, pytest.mark.skipif(BINARY is None, reason="no Chromium")]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[browser.Page]:
    assert BINARY
    with browser.opened(BINARY, tmp_path / "profile") as found:
        yield found


@pytest.fixture
def address(database: Path) -> Iterator[str]:
    with running(database) as (_, found):
        yield found


@pytest.mark.skipif(not ide._BUNDLE.is_file(), reason="the query page was not built")
def test_an_example_runs_in_the_query_page(page: browser.Page, address: str) -> None:
    page.open(f"{address}/graphql")
    page.wait("!!document.querySelector('.graphiql-execute-button')")
    assert page.wait("document.querySelectorAll('.graphiql-tab').length") == 12
    page.wait("document.querySelector('.graphiql-editor .view-lines')?.innerText.includes('Runway')")
    run(page, "Daniel")
    page.value("document.querySelectorAll('.graphiql-tab-button')[1].click()")
    page.wait("document.querySelectorAll('.view-lines')[1]?.innerText.includes('from')")
    time.sleep(1)  # GraphiQL reads the operation's name half a second after the text has changed
    run(page, "Marcel")
    assert page.complaints == []
    assert all(found.startswith((address, "data:", "blob:", "about:")) for found in page.addresses)


@pytest.mark.skipif(not ide._BUNDLE.is_file(), reason="the query page was not built")
def test_the_open_tab_has_its_query_and_variables_at_every_visit(page: browser.Page, address: str) -> None:
    page.open("about:blank")
    page.call("Page.addScriptToEvaluateOnNewDocument", source=_SECOND_EXAMPLE_FIRST)
    visit(page, address)
    page.wait("document.querySelectorAll('.view-lines')[1]?.innerText.includes('from')")
    run(page, "Marcel")
    time.sleep(1)  # GraphiQL keeps its tabs half a second after they have changed
    visit(page, address)
    page.wait("document.querySelectorAll('.view-lines')[1]?.innerText.includes('from')")
    page.value("document.querySelectorAll('.graphiql-tab-button')[9].click()")
    page.wait("document.querySelectorAll('.view-lines')[1]?.innerText.includes('ids')")
    time.sleep(1)
    visit(page, address)
    page.wait("document.querySelectorAll('.view-lines')[1]?.innerText.includes('ids')")
    page.wait("document.querySelectorAll('.view-lines')[0]?.innerText.includes('lies')")
    run(page, "Future")
    assert page.complaints == []


def visit(page: browser.Page, address: str) -> None:
    page.call("Page.navigate", url=f"{address}/graphql")
    page.wait("performance.now() > 500 && document.querySelectorAll('.graphiql-tab').length === 12")


_SECOND_EXAMPLE_FIRST = """
document.addEventListener('readystatechange', () => {
  const block = document.getElementById('ide-config');
  if (block && document.readyState === 'interactive') {
    const config = JSON.parse(block.textContent);
    config.tabs.unshift(...config.tabs.splice(1, 1));
    block.textContent = JSON.stringify(config);
  }
});
"""


def run(page: browser.Page, expected: str) -> None:
    page.value("document.querySelector('.graphiql-execute-button').click()")
    page.wait(f"document.querySelector('.result-window .view-lines')?.innerText.includes('{expected}')")


@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (375, "dark")])
def test_the_first_page_fits_and_follows_the_scheme(page: browser.Page, address: str, width: int, scheme: str) -> None:
    page.open(f"{address}/", width, scheme)
    page.wait("document.readyState === 'complete' && !!document.querySelector('h1')")
    assert page.value("document.documentElement.scrollWidth") <= width
    paper = page.value("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(20, 22, 27)" if scheme == "dark" else "rgb(251, 250, 247)")
    assert page.complaints == []
    assert all(found.startswith(address) for found in page.addresses if not found.startswith("about:"))


def test_the_page_in_place_of_the_query_page(page: browser.Page, address: str) -> None:
    page.open(f"{address}/nothing")
    page.wait("document.body.innerText.includes('NOT_FOUND')")
