"""What all tests share."""

import signal

from tests.data import describe

pytest_plugins = ("tests.neo4j_server.plugin",)


def pytest_configure() -> None:
    """Let the commands that tests start be interrupted, also where the tests run behind a shell's `&`.

    A shell lets what runs in the background ignore SIGINT, and all that is started by it inherits that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    """Say which data the tests run on."""
    return describe()
