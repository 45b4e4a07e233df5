"""What all tests share."""

from tests.data import describe

pytest_plugins = ("tests.neo4j_server.plugin",)


def pytest_report_header() -> str:
    """Say which data the tests run on."""
    return describe()
