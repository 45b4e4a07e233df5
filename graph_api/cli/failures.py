"""How commands end: exit codes, and errors as one line on stderr.

| code | meaning |
|---|---|
| 0 | done |
| 1 | an error of `graph_api.errors`, or one nobody foresaw |
| 2 | the command line itself is wrong |
| 3 | `check` found problems |
| 130 | interrupted |

FILMGRAPH_DEBUG=1 shows the traceback of an error too.
"""

import errno
import os
import re
import sys
from typing import NoReturn

import typer

from graph_api.errors import FilmGraphError

FAILED = 1
PROBLEMS = 3
INTERRUPTED = 130
_PLAIN = (
    (re.compile("Input should be a valid integer.*"), "it must be a whole number"),
    (re.compile("Input should be a valid number.*"), "it must be a number"),
    (re.compile("Input should be greater than or equal to "), "it must be at least "),
    (re.compile("Input should be less than or equal to "), "it must be at most "),
)
"""What the library says of numbers, and how we do."""


def debugging() -> bool:
    """Tell whether tracebacks are wanted."""
    return os.environ.get("FILMGRAPH_DEBUG", "") not in ("", "0")


def report(line: str) -> None:
    """Print an error as one line on stderr."""
    from graph_api.cli.output import clean

    is_coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    head = "\x1b[1;31merror:\x1b[0m" if is_coloured else "error:"
    sys.stderr.write(f"{head} {clean(line)}\n")


def usage_line(error: typer.TyperException, command: str) -> str:
    """Return what is wrong with a command line, and where to read how it goes."""
    message = " ".join(error.format_message().split()).rstrip(".").replace("Value error, ", "")
    for theirs, ours in _PLAIN:
        message = theirs.sub(ours, message)
    return f"{message[:1].lower()}{message[1:]}; see `{command} --help`"


def end(error: BaseException, command: str = "filmgraph") -> NoReturn:
    """Report an error and leave with its exit code."""
    if debugging():
        import traceback

        traceback.print_exception(error)
    match error:
        case FilmGraphError():
            report(error.message)
            sys.exit(FAILED)
        case typer.TyperException():
            report(usage_line(error, command))
            sys.exit(error.exit_code)
        case KeyboardInterrupt() | typer.Abort():
            report("interrupted; a change that was under way is kept whole or not at all")
            sys.exit(INTERRUPTED)
        case BrokenPipeError():
            _leave_pipe()
        case MemoryError():
            report("out of memory; narrow the work down, as with --years or --roles")
            sys.exit(FAILED)
        case OSError() if error.errno == errno.ENOSPC:
            report("the disk is full; free some space and try again")
            sys.exit(FAILED)
        case OSError() if error.filename:
            report(
                f"{error.filename}: {(error.strerror or 'not readable').lower()}; check the path and its permissions"
            )
            sys.exit(FAILED)
        case _:
            report(f"unforeseen {type(error).__name__}: set FILMGRAPH_DEBUG=1 to see where, and report it")
            sys.exit(FAILED)


def leave_what_computes(code: object) -> None:
    """End the process where an analysis still runs: Python would wait for its thread, however long it takes."""
    import threading

    from graph_api.analytics.computing import THREAD

    if any(thread.name.startswith(THREAD) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else FAILED if code else 0)


def _leave_pipe() -> NoReturn:
    """Leave when the reader of stdout has gone: quietly, as other tools do."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None  # nothing is left to flush
    sys.exit(0)
