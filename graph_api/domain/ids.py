"""Ids: opaque to clients, the same on both stores and over reloads of the same data.

An id is unpadded base64url of `Type:key`, as Relay has it. Entities and sources carry kind
and slug; a relationship a digest of its type, ends and distinguishing properties; a claim its
subject, property and a digest of what is claimed, so that it can be found again without an
index of its own.
"""

import binascii
import contextlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from graph_api.domain.catalogue import KIND_BY_TYPE_NAME, KINDS, Kind, Relation
from graph_api.errors import BadId

RELATIONSHIP = "R"
CLAIM = "Claim"
SOURCE = "Source"
RUN = "Run"
_OTHERS = frozenset({CLAIM, SOURCE, RUN})
_DIGEST_BYTES = 13  # with "R:" 15 bytes: 20 characters and no padding


class NodeId(NamedTuple):
    """What an id says: its type ("Film", "Source", "Claim", "R", "Run") and the key inside it."""

    type: str
    key: str

    @property
    def kind(self) -> Kind | None:
        """The kind of entity, or None for what is none."""
        return KIND_BY_TYPE_NAME.get(self.type)


class ClaimKey(NamedTuple):
    """Where a claim is found: under which subject and property, and which of them."""

    subject: str
    property: str
    digest: str


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def entity_id(kind: Kind, slug: str) -> str:
    """Return the id of an entity."""
    return _encode(f"{KINDS[kind].type_name}:{slug}".encode())


_HEAD = 4
_KINDS_BY_HEAD = {
    head: [kind for kind in Kind if entity_id(kind, "x").startswith(head)]
    for head in {entity_id(kind, "x")[:_HEAD] for kind in Kind}
}


def possible_kinds(ids: Iterable[str]) -> set[Kind]:
    """Return the kinds that some ids may be of, merged ones being of the kind of what they stand for.

    The first four characters, which are three letters of the type, tell it well enough without decoding.
    """
    return {kind for head in {id_[:_HEAD] for id_ in ids} for kind in _KINDS_BY_HEAD.get(head, ())}


def source_id(slug: str) -> str:
    """Return the id of a source."""
    return _encode(f"{SOURCE}:{slug}".encode())


def run_id(key: str) -> str:
    """Return the id of an analysis run."""
    return _encode(f"{RUN}:{key}".encode())


def relationship_id(relation: Relation, source: str, target: str, distinguishing: Iterable[tuple[str, str]]) -> str:
    """Return the id of a relationship from its ends' ids and its distinguishing (name, text) pairs."""
    parts = [relation.value, source, target]
    for name, value in sorted(distinguishing):
        parts += (name, value)
    digest = sha256("\x1f".join(parts).encode()).digest()
    return _encode(b"R:" + digest[:_DIGEST_BYTES])


def claim_id(
    subject: str,
    property_name: str,
    value: str | None,
    unit: str | None,
    entity: str | None,
    qualifiers: Mapping[str, str],
) -> str:
    """Return the id of a claim; rank, certainty and citations are no part of it."""
    parts = [property_name, value or "", unit or "", entity or ""]
    for name in sorted(qualifiers):
        parts += (name, qualifiers[name])
    digest = sha256("\x1f".join(parts).encode()).hexdigest()[:20]
    return _encode(f"{CLAIM}:{subject}:{property_name}:{digest}".encode())


def decode(text: str) -> NodeId:
    """Return what an id says.

    Raises:
        BadId: no version of this program makes such an id.
    """
    kind = separator = key = ""
    with contextlib.suppress(binascii.Error, UnicodeError):
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        if _encode(raw) == text:
            if raw.startswith(b"R:") and len(raw) == _DIGEST_BYTES + 2:
                return NodeId(RELATIONSHIP, text)
            kind, separator, key = raw.decode("utf-8").partition(":")
    if not separator or not key or (kind not in KIND_BY_TYPE_NAME and kind not in _OTHERS):
        raise BadId(f"{text[:80]!r} is not an id of this graph; ids come from the field `id` of an answer")
    return NodeId(kind, key)


def decode_claim(node: NodeId) -> ClaimKey:
    """Return where the claim with this id is found.

    Raises:
        BadId: the key has not the three parts of a claim's.
    """
    subject, _, rest = node.key.partition(":")
    name, _, digest = rest.partition(":")
    if not (subject and name and digest):
        raise BadId("not the id of a claim")
    return ClaimKey(subject, name, digest)


def check_unknown(ids: Sequence[str], found: Sequence[object]) -> None:
    """Raise BadId where an id that was not found (None) is none at all.

    What was found need not be looked at, so that a page of known ids costs nothing.
    """
    for id_, record in zip(ids, found, strict=True):
        if record is None:
            decode(id_)


def check_ascii(ids: Sequence[str]) -> None:
    """Raise BadId where an id can't even be written."""
    if not "".join(ids).isascii():
        for id_ in ids:
            decode(id_)


def check_ids(ids: Iterable[str]) -> None:
    """Raise BadId where an id is none."""
    for id_ in ids:
        decode(id_)
