"""What all tests share."""

from tests.data import describe


def pytest_report_header() -> str:
    """Say which data the tests run on."""
    return describe()
