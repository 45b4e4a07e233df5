"""The command line: `filmgraph`.

One command or family a file; `program` puts them together. Heavy libraries are imported inside
the commands that need them, so that help and completion answer at once.
"""


def main() -> None:
    """Run the command line on the arguments of the process."""
    import sys

    from graph_api.cli.program import app

    try:
        app()
    except SystemExit as end:
        if "graph_api.analytics.computing" in sys.modules:
            from graph_api.cli.failures import leave_what_computes

            leave_what_computes(end.code)
        raise
