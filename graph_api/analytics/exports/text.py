"""Pajek, CSV and node-link JSON."""

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from graph_api.analytics.exports.table import Attributes, Column, GraphTable, text_of
from graph_api.domain.naming import FORMULA_SIGNS

_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The zip's files bear no time, so that equal graphs are equal files."""


def pajek(table: GraphTable) -> Iterator[str]:
    """Yield Pajek: names as labels, weights of ties, nothing else, as the format has no more.

    A name borne by several nodes, or missing, is followed by kind and slug, so that labels are unique. A double quote
    becomes a single one, a backslash a slash and a line end a blank: labels can't hold them.
    """
    numbers = {node: i for i, (node, _) in enumerate(table.nodes, 1)}
    yield f"*Vertices {len(numbers)}\n"
    for label, number in zip(_labels(table), numbers.values(), strict=True):
        yield f'{number} "{label}"\n'
    yield "*Arcs\n" if table.directed else "*Edges\n"
    for source, target, attributes in table.edges:
        yield f"{numbers[source]} {numbers[target]} {text_of(attributes.get('weight', 1.0))}\n"


def _labels(table: GraphTable) -> list[str]:
    names = [_label(text_of(attributes.get("name", node))) for node, attributes in table.nodes]
    counts = Counter(names)
    labels = []
    for name, (node, attributes) in zip(names, table.nodes, strict=True):
        kind, slug = attributes.get("kind", ""), attributes.get("slug", node)
        labels.append(name if counts[name] == 1 else f"{name} ({kind} {slug})")
    return labels


def _label(name: str) -> str:
    return " ".join(name.replace('"', "'").replace("\\", "/").split())


def csv_pair(table: GraphTable) -> Iterator[bytes]:
    """Yield a zip of nodes.csv and edges.csv, UTF-8.

    nodes.csv begins with `id`, edges.csv with `source` and `target`. A text that a spreadsheet would take for a formula
    (it begins with = + - @, also in full width, a tab or the end of a line), or that begins with an apostrophe, has one
    apostrophe put before it; to undo that, take one apostrophe off every text that begins with one. Numbers are left
    as they are.
    """
    buffer = _Drain()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        nodes = (((node,), attributes) for node, attributes in table.nodes)
        edges = (((source, target), attributes) for source, target, attributes in table.edges)
        for name, head, columns, rows in (
            ("nodes.csv", ("id",), table.node_columns, nodes),
            ("edges.csv", ("source", "target"), table.edge_columns, edges),
        ):
            with archive.open(zipfile.ZipInfo(name, _FIRST_DATE), "w") as file:
                for line in _csv(head, columns, rows):
                    file.write(line)
                    yield from buffer.drain()
    yield from buffer.drain()


def _csv(
    head: Sequence[str], columns: Sequence[Column], rows: Iterable[tuple[Sequence[str], Attributes]]
) -> Iterator[bytes]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")

    def written(cells: Sequence[str]) -> bytes:
        line.seek(0)
        line.truncate()
        writer.writerow(cells)
        return line.getvalue().encode()

    yield written([*head, *(_harmless(column.name) for column in columns)])
    for ids, attributes in rows:
        cells = [_harmless(node) for node in ids]
        for column in columns:
            value = attributes.get(column.name)
            text = "" if value is None else text_of(value)
            cells.append(_harmless(text) if column.type == "string" else text)
        yield written(cells)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


class _Drain:
    """A file that can't be sought, from which what was written is taken away."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is held open."""

    def drain(self) -> Iterator[bytes]:
        chunks, self._chunks = self._chunks, []
        yield from chunks


def node_link(table: GraphTable) -> Iterator[str]:
    """Yield node-link JSON, as networkx.node_link_graph and D3 read it."""
    flags = f'"directed":{_json(table.directed)},"multigraph":{_json(table.multigraph)}'
    yield f'{{{flags},"graph":{_json(dict(table.about))},"nodes":[\n'
    for number, (node, attributes) in enumerate(table.nodes):
        yield ("," if number else "") + _json({"id": node, **attributes}) + "\n"
    yield '],"edges":[\n'
    for number, (source, target, attributes) in enumerate(table.edges):
        own = {"key" if name == "id" else name: value for name, value in attributes.items()}
        yield ("," if number else "") + _json({"source": source, "target": target, **own}) + "\n"
    yield "]}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
