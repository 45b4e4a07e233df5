"""Trusted documents: a folder of GraphQL documents that requests may name by their sha256.

A folder holds `*.graphql` files, one document each, and `*.json` files that map hashes to documents, as
code generators for clients write them. Clients hash the text they were built with, which ends without the
newline that editors leave at the end of a file; so a file is known by both hashes.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import orjson

from graph_api.errors import (
    BadInput,
    PersistedQueryMismatch,
    PersistedQueryNotFound,
    PersistedQueryNotSupported,
    PersistedQueryRequired,
)
from graph_api.http.parameters import Parameters
from graph_api.settings import Settings

_LARGEST = 10_000_000
_ENDINGS = (".graphql", ".gql")


def hash_of(text: str) -> str:
    """Return the sha256 of a document, in lower case."""
    return sha256(text.encode()).hexdigest()


def read_documents(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the documents of a folder and those below it with their files, by name.

    Raises:
        BadInput: it is none, or a file in it can't be used.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder; give that of the trusted documents")
    for path in sorted(folder.rglob("*")):
        if path.suffix in _ENDINGS and path.is_file():
            yield path, _text(path)
        elif path.suffix == ".json" and path.is_file():
            yield from ((path, text) for text in _manifest(path, _text(path)))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path} has more than {_LARGEST:,} bytes; trusted documents are smaller")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadInput(f"{path} can't be read ({reason})") from None


def _manifest(path: Path, text: str) -> Iterator[str]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{path} is not JSON: {error.msg} at line {error.lineno}") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path} must map hashes to documents")
    for name, document in found.items():
        if not isinstance(document, str) or name.removeprefix("sha256:") != hash_of(document):
            raise BadInput(f"{path}: {name[:80]!r} is not the sha256 of its document")
        yield document


class TrustedDocuments:
    """The trusted documents by hash; read once, at the start.

    Attributes:
        only: whether they alone are executed.
    """

    def __init__(self, documents: Mapping[str, str] | None, *, only: bool = False) -> None:
        self._documents = documents
        self.only = only

    @classmethod
    def read(cls, settings: Settings) -> "TrustedDocuments":
        """Return those of the folder that the settings name.

        Raises:
            BadInput: it can't be used, or there is none and nothing else may be executed.
        """
        if not settings.documents:
            if settings.documents_only:
                raise BadInput("FILMGRAPH_DOCUMENTS_ONLY needs a folder of trusted documents: FILMGRAPH_DOCUMENTS")
            return cls(None)
        found = {}
        for _, text in read_documents(Path(settings.documents).expanduser()):
            found[hash_of(text)] = text
            found[hash_of(text.strip())] = text.strip()
        return cls(found, only=settings.documents_only)

    def __bool__(self) -> bool:
        return self._documents is not None

    def holds(self, text: str) -> bool:
        """Tell whether a document is one of them."""
        return self._documents is not None and hash_of(text) in self._documents

    def text(self, parameters: Parameters) -> str:
        """Return the document that a request means.

        Raises:
            PersistedQueryMismatch: it sends a document with a hash that is another's.
            PersistedQueryNotFound, PersistedQueryNotSupported: it names one that is not there.
            PersistedQueryRequired: it sends one that is not trusted where nothing else is executed.
        """
        name, query = parameters.document_hash, parameters.query
        if query and name is not None and name != hash_of(query):
            raise PersistedQueryMismatch("the hash is not that of the query; send the sha256 of the very same text")
        if query and (not self.only or self.holds(query)):
            return query
        if query:
            raise PersistedQueryRequired("this service executes its trusted documents alone, and this is none of them")
        if self._documents is None:
            raise PersistedQueryNotSupported("this service has no trusted documents; send the query itself")
        found = self._documents.get(name or "")
        if found is None:
            raise PersistedQueryNotFound("no trusted document has this sha256")
        return found
