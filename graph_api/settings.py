"""The settings: each is one row with its name, default, meaning and reason.

A row is a field of `Settings`. Its value comes from a flag of the command line, else from the
variable FILMGRAPH_<NAME>, else from its default. The table in docs/settings.md is made of the
rows (`settings_table`), and a test holds the two together.
"""

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from graph_api.errors import BadInput

PREFIX = "FILMGRAPH_"
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Row:
    """What a setting is: `parse` makes its value of text and raises ValueError saying what would do."""

    name: str
    type: str
    default: str
    meaning: str
    reason: str
    parse: Callable[[str], Any]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        """The flag of the command line that sets it."""
        return "--" + self.name.replace("_", "-")


def _number(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], Any]:
    def parse(text: str) -> float:
        wanted = f"{'a whole number' if kind is int else 'a number'} from {low:g} to {high:g}"
        try:
            value = kind(text)
        except ValueError:
            raise ValueError(wanted) from None
        if not low <= value <= high:
            raise ValueError(wanted)
        return value

    return parse


def _switch(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError("on or off")
    return word in _TRUE


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(" or ".join(choices))
        return text.lower()

    return parse


def _text(text: str) -> str:
    if not text or not text.isprintable():
        raise ValueError("text on one line that is not empty")
    return text


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        if origin == "*":
            continue
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError("addresses such as https://example.org, separated by commas, or *")
    return origins


def default_database() -> str:
    """Return the place of the graph where nothing else is said: graph.db in the user's data folder."""
    from platformdirs import user_data_path

    return str(Path(user_data_path("ai-film-graph", appauthor=False)) / "graph.db")


def default_tokens() -> str:
    """Return the place of the tokens where nothing else is said: tokens.db in the user's data folder."""
    return str(Path(default_database()).with_name("tokens.db"))


def _row(
    default: Any, type_: str, parse: Callable[[str], Any], meaning: str, reason: str, shown: str | None = None
) -> Any:
    """Declare a setting; `shown` is the default as the documentation has it."""
    metadata = {"type": type_, "parse": parse, "meaning": meaning, "reason": reason, "shown": shown}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set."""

    database: str = _row(
        default_database, "path or address", _text, "The graph's file, or an address such as neo4j://user@host:7687/name.",
        "A file in the user's data folder needs no set-up and no rights.", "graph.db in the user's data folder",
    )  # fmt: skip
    host: str = _row(
        "127.0.0.1", "host", _text, "The address that is listened on; 0.0.0.0 is all.",
        "Only this machine, until somebody says otherwise.",
    )  # fmt: skip
    port: int = _row(
        8000, "0 to 65535", _number(int, 0, 65535), "The port that is listened on; 0 takes a free one.",
        "The usual one of Python services.",
    )  # fmt: skip
    workers: int = _row(
        1, "1 to 64", _number(int, 1, 64), "How many processes answer; all read one graph, one at a time writes it.",
        "One answers hundreds of requests a second; more are of use where they may have a processor each.",
    )  # fmt: skip
    cors_origins: tuple[str, ...] = _row(
        (), "origins, by commas", _origins, "Web pages of which origins may read from this service; * is all.",
        "None: a page elsewhere can't use a service that only this machine should see.", "none",
    )  # fmt: skip
    tokens: str = _row(
        default_tokens, "path", _text, "The file of the tokens, which `filmgraph token` makes and the service reads.",
        "Beside the graph and not in it, so that copies of the graph carry no rights.",
        "tokens.db in the user's data folder",
    )  # fmt: skip
    public_reads: bool = _row(
        True, "on, off", _switch, "Whether the graph may be read without a token.",
        "The data is public; writing always needs a token.", "on",
    )  # fmt: skip
    token_rate: int = _row(
        120, "0 to 100000", _number(int, 0, 100_000), "Mutations a minute with one token; 0 is no limit.",
        "A person writes less; a program sends a change set of many facts at once.",
    )  # fmt: skip
    client_rate: int = _row(
        600, "0 to 1000000", _number(int, 0, 1_000_000),
        "Requests and WebSocket operations a minute of one address but this machine; 0 is no limit.",
        "Ten a second are more than a person or a page asks for.",
    )  # fmt: skip
    locked: bool = _row(
        False, "on, off", _switch, "The profile for production: what docs/limits.md names is off unless it is set.",
        "A service that faces the internet need not explain itself to everybody.", "off",
    )  # fmt: skip
    max_concurrent: int = _row(
        256, "1 to 100000", _number(int, 1, 100_000),
        "Requests, event streams and WebSockets at once, for each worker.",
        "More would only wait for each other; who hears so at once can come again.",
    )  # fmt: skip
    max_concurrent_client: int = _row(
        32, "1 to 100000", _number(int, 1, 100_000),
        "How many of these one address but this machine may have, for each worker.",
        "A browser opens six; nobody should take up the whole service.",
    )  # fmt: skip
    max_connections: int = _row(
        1_000, "1 to 100000", _number(int, 1, 100_000),
        "Connections at once, idle ones too, for each worker; requests on further ones get a 503.",
        "Each takes a file handle, of which a process often has 1,024.",
    )  # fmt: skip
    max_head_bytes: int = _row(
        32_768, "1000 to 1000000", _number(int, 1_000, 1_000_000),
        "About the most bytes of a request's address and headers, of which there may be 100.",
        "A GET query of 15,000 characters fits, a few times longer where it is escaped.",
    )  # fmt: skip
    head_seconds: float = _row(
        10.0, "0.1 to 600 s", _number(float, 0.1, 600),
        "Seconds within which the head of a request must have come; then the connection is closed.",
        "Who sends a header a second would hold a connection for hours.",
    )  # fmt: skip
    keep_alive_seconds: int = _row(
        5, "1 to 600 s", _number(int, 1, 600), "Seconds that a connection is kept open without a request.",
        "A page's next request comes within them; idle connections cost memory.",
    )  # fmt: skip
    log_level: str = _row(
        "info", "debug, info, warning, error", _choice("debug", "info", "warning", "error"),
        "What is logged from; requests are info.", "One line a request is affordable and wanted.",
    )  # fmt: skip
    log_format: str = _row(
        "auto", "auto, text, json", _choice("auto", "text", "json"),
        "How log lines are written, on standard error; auto is text on a terminal, else json.",
        "Text, with colours on a terminal, is for people; json for whatever collects logs.",
    )  # fmt: skip
    slow_query_seconds: float = _row(
        1.0, "0.001 to 3600 s", _number(float, 0.001, 3600),
        "Seconds from which an operation is logged as a slow query, with its document and that one's hash.",
        "Most take some milliseconds; what takes a second is worth a look.",
    )  # fmt: skip
    metrics: str = _row(
        "off", "off, local, open", _choice("off", "local", "open"),
        "Whether /metrics tells Prometheus what is going on: to this machine and whoever brings a token, or to all.",
        "It tells how much the service is used and by which queries, which is nobody else's business.",
    )  # fmt: skip
    tracing: float = _row(
        0.0, "0 to 1", _number(float, 0, 1),
        "The share of requests of which OpenTelemetry traces are sent; 0 is off.",
        "Somebody has to collect them (docs/observability.md).",
    )  # fmt: skip
    trace_by_request: bool = _row(
        False, "on, off", _switch, "Whether requests say, by `traceparent`, that they are traced or are not.",
        "Off: anybody could have all of theirs traced. On, where a gateway in front decides.", "off",
    )  # fmt: skip
    status_codes: str = _row(
        "audit", "audit, draft", _choice("audit", "draft"),
        "Which statuses /graphql answers with: as the public audit suite wants them, or the newest GraphQL over HTTP.",
        "Clients know the first; the second tells partial answers by 294 and refusals by 422 (docs/protocol.md).",
    )  # fmt: skip
    documents: str = _row(
        "", "path", _text, "A folder of trusted documents, which requests may name by their sha256.",
        "Short addresses that caches keep; and needed for the next setting.", "none",
    )  # fmt: skip
    documents_only: bool = _row(
        False, "on, off", _switch, "Whether trusted documents alone are executed.",
        "Off: the graph is there to be asked anything; on, where one application alone uses it.", "off",
    )  # fmt: skip
    cache_seconds: int = _row(
        0, "0 to 31536000", _number(int, 0, 31_536_000),
        "For how long caches may give an answer by GET without asking whether the graph has changed.",
        "0: they always ask, which costs next to nothing (304), and nobody gets an old answer.",
    )  # fmt: skip
    compression: bool = _row(
        True, "on, off", _switch, "Whether answers are compressed (gzip) for clients that take it.",
        "Answers shrink to less than half; off, where a proxy in front does it.", "on",
    )  # fmt: skip
    max_page_size: int = _row(
        100, "1 to 1000", _number(int, 1, 1000), "The most items that `first` or `last` may ask for.",
        "A page of 100 nested three deep is work enough for one request.",
    )  # fmt: skip
    max_body_bytes: int = _row(
        2_000_000, "1000 to 100000000", _number(int, 1_000, 100_000_000),
        "The most bytes of a request's body, also when sent in chunks.",
        "A query with its variables needs a few kilobytes; more only fills memory.",
    )  # fmt: skip
    max_document_characters: int = _row(
        15_000, "100 to 1000000", _number(int, 100, 1_000_000),
        "The most characters of a GraphQL document.",
        "Checked before it is parsed; GraphiQL's own question about the schema has about 2,000.",
    )  # fmt: skip
    max_document_tokens: int = _row(
        2_000, "10 to 100000", _number(int, 10, 100_000),
        "The most tokens of a GraphQL document, and the most comments.",
        "Parsing and validation take time by the token.",
    )  # fmt: skip
    max_depth: int = _row(
        12, "1 to 100", _number(int, 1, 100),
        "How deep fields may be nested; the fields of introspection do not count.",
        "Each level may multiply the rows by the size of a page.",
    )  # fmt: skip
    max_aliases: int = _row(
        30, "1 to 10000", _number(int, 1, 10_000),
        "The most aliases of an operation; those in a fragment count as often as it is spread.",
        "An alias asks for the same field once more, which no limit of depth sees.",
    )  # fmt: skip
    max_directives: int = _row(
        50, "1 to 10000", _number(int, 1, 10_000),
        "The most directives of an operation; those in a fragment count as often as it is spread.",
        "Each is looked at in validation and again in execution.",
    )  # fmt: skip
    max_operations: int = _row(
        20, "1 to 1000", _number(int, 1, 1_000), "The most operations of a document.",
        "One of them is executed; all are validated.",
    )  # fmt: skip
    max_fields: int = _row(
        400, "1 to 100000", _number(int, 1, 100_000),
        "The most fields of an operation; those in a fragment count as often as it is spread.",
        "Fragments that spread each other make millions of a page of text; GraphiQL's own question has 200.",
    )  # fmt: skip
    max_cost: int = _row(
        10_000, "1 to 1000000000", _number(int, 1, 1_000_000_000),
        "What an operation may cost: about the objects it asks for, as docs/limits.md counts them.",
        "A page of 100 films, each with a page of 40 credits and their people, is work enough for one request.",
    )  # fmt: skip
    max_nodes: int = _row(
        500_000, "1 to 1000000000", _number(int, 1, 1_000_000_000),
        "The most objects an operation could give, lists without pages counted with 25 items each.",
        "Lists without pages are mostly short, and cost is counted so; in a hostile query they need not be.",
    )  # fmt: skip
    max_errors: int = _row(
        8, "1 to 100", _number(int, 1, 100), "The most errors of an invalid document that are told.",
        "The first few are of use; an answer should not be larger than what was asked.",
    )  # fmt: skip
    max_variable_list: int = _row(
        1_000, "1 to 1000000", _number(int, 1, 1_000_000),
        "The most items of a list, or keys of an object, in a request's variables.",
        "A change set of a thousand items is large; each item is looked up.",
    )  # fmt: skip
    max_variable_text: int = _row(
        10_000, "1 to 100000000", _number(int, 1, 100_000_000),
        "The most characters of a text in a request's variables.", "A quotation of three pages fits.",
    )  # fmt: skip
    max_variable_depth: int = _row(
        32, "1 to 500", _number(int, 1, 500),
        "How deep lists and objects may be nested in a request's variables, and in all else that it holds.",
        "Filters are read level by level; nobody writes one so deep.",
    )  # fmt: skip
    request_deadline: float = _row(
        10.0, "0.01 to 3600 s", _number(float, 0.01, 3600), "Seconds that a request may take before it is given up.",
        "A person waits no longer, and a query that runs longer holds up others.",
    )  # fmt: skip
    executor: str = _row(
        "breadth-first", "breadth-first, graphql-core", _choice("breadth-first", "graphql-core"),
        "How queries are executed: a level at a time, or an object at a time by graphql-core's own executor.",
        "The answers are the same and come several times as fast; the other is there to compare and to fall back on.",
    )  # fmt: skip
    max_subscriptions: int = _row(
        20, "1 to 10000", _number(int, 1, 10_000), "Operations that may run at once over one WebSocket.",
        "A page follows a few things; hundreds are a mistake.",
    )  # fmt: skip
    connection_init_seconds: float = _row(
        10.0, "0.01 to 600 s", _number(float, 0.01, 600),
        "Seconds within which a WebSocket must begin with connection_init; else it is closed with 4408.",
        "Connections that ask for nothing are not held open.",
    )  # fmt: skip
    slow_reader_seconds: float = _row(
        10.0, "0.01 to 600 s", _number(float, 0.01, 600),
        "Seconds for which a message waits for a client to read; then it is dropped, over a WebSocket with 1013.",
        "What nobody reads must not pile up in memory; `changes(since:)` goes on where it ended.",
    )  # fmt: skip
    shutdown_seconds: float = _row(
        15.0, "0 to 3600 s", _number(float, 0, 3600),
        "Seconds that running requests are given to finish when the service is told to stop.",
        "More than a request may take, less than the 30 s that containers are given.",
    )  # fmt: skip
    analysis_workers: int = _row(
        1, "1 to 64", _number(int, 1, 64), "Longer analyses that run at once, each in a process of low priority.",
        "The memory of one is planned for; a second would share its cores.",
    )  # fmt: skip
    analysis_threads: int = _row(
        0, "0 to 1024", _number(int, 0, 1_024), "Cores that an analysis may use; 0 is all but one.",
        "Requests find a core of their own.",
    )  # fmt: skip
    analysis_queue: int = _row(
        64, "1 to 10000", _number(int, 1, 10_000), "The most longer analyses that may wait, 8 of them of one client.",
        "Whoever asks for more should hear so, and not wait for hours.",
    )  # fmt: skip
    analysis_seconds: float = _row(
        3_600.0, "1 to 1000000 s", _number(float, 1, 1_000_000),
        "An analysis that is estimated to take longer is refused before it starts.",
        "Nobody waits for an exact answer that takes days and was asked for by mistake.",
    )  # fmt: skip
    analysis_memory: float = _row(
        4e9, "1e8 to 1e13 bytes", _number(float, 1e8, 1e13),
        "An analysis that is estimated to take more memory is refused before it starts.",
        "A machine that runs out of memory serves nobody.",
    )  # fmt: skip
    analysis_results: int = _row(
        256_000_000, "0 to 100000000000", _number(int, 0, 100_000_000_000),
        "Bytes of results that are kept beside the graph; the least recently used go first.",
        "Room for some hundred rankings of 50,000 people, so that a question asked again costs nothing.",
    )  # fmt: skip
    introspection: bool = _row(
        True, "on, off", _switch, "Whether the schema may be asked about (introspection and /schema.graphql).",
        "The schema is public and its descriptions are the manual.", "on",
    )  # fmt: skip
    ide: bool = _row(
        True, "on, off", _switch, "Whether a browser gets a page to write queries in at /graphql.",
        "It is the shortest way from a question to an answer.", "on",
    )  # fmt: skip
    get_queries: bool = _row(
        True, "on, off", _switch, "Whether queries may be sent by GET; changes never may.",
        "A query can be a link, and be cached; other sites can send visitors to links.", "on",
    )  # fmt: skip
    suggestions: bool = _row(
        True, "on, off", _switch, "Whether errors about unknown fields name those that are close.",
        "It helps whoever writes a query; it also tells the schema where introspection is off.", "on",
    )  # fmt: skip


def _default_text(declared: "dataclasses.Field[Any]") -> str:
    shown = declared.metadata["shown"]
    return (
        shown
        if shown is not None
        else f"{declared.default:g}"
        if isinstance(declared.default, float)
        else str(declared.default)
    )


ROWS: tuple[Row, ...] = tuple(
    Row(f.name, f.metadata["type"], _default_text(f), f.metadata["meaning"], f.metadata["reason"], f.metadata["parse"])
    for f in dataclasses.fields(Settings)
)


LOCKED: Mapping[str, Any] = MappingProxyType(
    {"introspection": False, "ide": False, "suggestions": False, "get_queries": False}
)
"""What the setting `locked` makes of settings that are not set themselves."""


def load_settings(flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that flags and the environment make.

    Args:
        flags: values by name of the setting; None stands for a flag that was not given.
        environ: the variables, `os.environ` if None; an empty one counts as not set.

    Raises:
        BadInput: a value that can't be used, with the variable or flag and what would do.
    """
    environ = os.environ if environ is None else environ
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    values: dict[str, Any] = {}
    for row in ROWS:
        if row.name in given:
            values[row.name] = _parse(row, row.flag, _as_text(given[row.name]))
        elif text := environ.get(row.variable, "").strip():
            values[row.name] = _parse(row, row.variable, text)
    if unknown := given.keys() - {row.name for row in ROWS}:
        raise BadInput(f"no setting is called {min(unknown)}; docs/settings.md lists them")
    return Settings(**{**(LOCKED if values.get("locked") else {}), **values})


def _as_text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(value)


def _parse(row: Row, origin: str, text: str) -> Any:
    try:
        return row.parse(text)
    except ValueError as error:
        raise BadInput(f"{origin} must be {error}, not {text[:60]!r}", setting=row.name) from None


def settings_table(rows: Iterable[Row] = ROWS) -> str:
    """Return the settings as the Markdown table of docs/settings.md."""
    lines = ["| variable | flag | values | default | meaning | reason |", "|---|---|---|---|---|---|"]
    lines += (
        f"| `{row.variable}` | `{row.flag}` | {row.type} | {row.default} | {row.meaning} | {row.reason} |"
        for row in rows
    )
    return "\n".join(lines) + "\n"
