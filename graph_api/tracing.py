"""OpenTelemetry traces: a span for each operation and one for each call of the store.

Made only where a setting asks for it. Here is only noted what happened; `graph_api.trace_export`, a process of its
own, makes spans of it and sends them, so that neither the SDK nor a slow collector takes the service's time.
OpenTelemetry's own variables are read there, but for OTEL_TRACES_SAMPLER, which is read here.
"""

import asyncio
import contextlib
import logging
import marshal
import math
import os
import random
import re
import sys
from collections.abc import Awaitable, Iterable
from contextvars import ContextVar
from importlib.util import find_spec
from pathlib import Path
from time import time_ns
from typing import TypeAlias, TypeVar

from graph_api.errors import BadInput
from graph_api.observability import log

T = TypeVar("T")
Call: TypeAlias = tuple[str, int, int, int, str | None]
"""A call of the store: its name, when it began and ended (ns since 1970), rows, and the code of its failure."""
Operation: TypeAlias = tuple[str, str | None, str, tuple[str, str] | None, int, int, int, str | None, list[Call]]
"""Its kind, name and request's id, the parent's trace and span, begin, end, errors, the error it ended with, calls."""

LENGTH_BYTES = 4
"""A batch goes through the pipe marshalled, after its length."""
_SPANS = 512
_SECONDS = 1.0
"""A batch is handed on when it has so many spans or is so old."""
_PIPE_BYTES = 4_000_000
"""More than some ten thousand spans are not kept for a process that does not take them."""
_CALLS = 1_000
"""Of an operation that makes more, these are noted; and a task it leaves behind adds no more."""
_CLOSE_SECONDS = 5.0
_TELL_SECONDS = 60.0
_PARENT = re.compile(r"(?!ff|00.{54})[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
"""https://www.w3.org/TR/trace-context/#traceparent-header: version 00 has 55 characters, later ones may have more."""
_within: ContextVar[list[Call] | None] = ContextVar("calls of the operation that is traced", default=None)


class Tracing:
    """Notes operations, a share of them all: what is not traced costs next to nothing.

    Args:
        share: of the operations that are traced.
        by_request: whether requests may say themselves, by `traceparent`, that theirs is or is not.
        logs: level and format of the log lines of the process that sends.

    Raises:
        BadInput: there is nothing that could send them, or OTEL_TRACES_SAMPLER names none there is.
    """

    def __init__(self, share: float, *, by_request: bool = False, logs: tuple[str, str] = ("info", "auto")) -> None:
        if not _can_send():
            raise BadInput(
                "FILMGRAPH_TRACING needs OpenTelemetry's SDK: pip install opentelemetry-sdk "
                "opentelemetry-exporter-otlp-proto-http"
            )
        self._share, self._by_request = _sampler(share, by_request=by_request)
        self._logs = logs
        self._noted: list[Operation] = []
        self._spans = 0
        self._lost = 0
        self._sender: asyncio.subprocess.Process | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._told = -math.inf
        self._opening: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Start what sends."""
        path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
        self._sender = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "graph_api.trace_export", *self._logs,
            stdin=asyncio.subprocess.PIPE, start_new_session=True, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip

    @property
    def sender(self) -> int | None:
        """Number of the process that sends."""
        return None if self._sender is None else self._sender.pid

    def _is_traced(self, flags: str | None) -> bool:
        if flags is not None and self._by_request:
            return bool(int(flags, 16) & 1)
        return random.random() < self._share

    async def operation(
        self, work: Awaitable[T], kind: str, name: str | None, headers: Iterable[tuple[bytes, bytes]], request_id: str
    ) -> T:
        """Return what an operation gives, and note it if it is one that is traced.

        Args:
            work: gives it.
            kind, name, request_id: the operation's.
            headers: of the request, as ASGI has them.
        """
        given = next((value for key, value in headers if key == b"traceparent"), None)
        parent = None if given is None else _PARENT.fullmatch(given.decode("latin-1"))
        if not self._is_traced(parent[3] if parent else None):
            return await work
        calls: list[Call] = []
        errors, failure = 0, None
        token = _within.set(calls)
        begin = time_ns()
        try:
            result = await work
            if found := getattr(result, "errors", None):
                errors = len(found)
            return result
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            end = time_ns()
            _within.reset(token)
            above = (parent[1], parent[2]) if parent else None
            self._noted.append((kind, name, request_id, above, begin, end, errors, failure, calls))
            self._spans += 1 + len(calls)
            if self._spans >= _SPANS:
                self._hand_on()
            elif self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(_SECONDS, self._hand_on)

    def _hand_on(self) -> None:
        """Give what was noted to the process that sends it; where that takes nothing any more, it is lost."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        noted, spans = self._noted, self._spans
        self._noted, self._spans = [], 0
        pipe = self._sender.stdin if self._sender is not None else None
        if pipe is None or pipe.is_closing() or pipe.transport.get_write_buffer_size() > _PIPE_BYTES:
            self._lose(spans)
            return
        batch = marshal.dumps(noted)
        pipe.write(len(batch).to_bytes(LENGTH_BYTES, "big") + batch)

    def _lose(self, spans: int) -> None:
        self._lost += spans
        now = asyncio.get_running_loop().time()
        if self._lost and now >= self._told + _TELL_SECONDS:
            log(logging.WARNING, "traces were lost: what sends them takes no more", spans=self._lost)
            self._lost, self._told = 0, now
            if self._sender is None or self._sender.returncode is not None:
                self._opening = asyncio.ensure_future(self.open())

    async def close(self) -> None:
        """Send what is left, for some seconds at most."""
        sender, pipe = self._sender, self._sender.stdin if self._sender is not None else None
        if sender is None or pipe is None:
            return
        self._hand_on()
        pipe.close()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await sender.wait()
        except TimeoutError:
            log(logging.WARNING, "the last traces were lost: they could not be sent in time")
            with contextlib.suppress(ProcessLookupError):
                sender.kill()
            await sender.wait()


def calls_now() -> list[Call] | None:
    """Return where a call of the store is noted when it has ended; None where nothing is traced now."""
    calls = _within.get()
    return None if calls is None or len(calls) >= _CALLS else calls


def _can_send() -> bool:
    try:
        return all(find_spec(f"opentelemetry.{name}") for name in ("sdk.trace", "exporter.otlp.proto.http"))
    except ModuleNotFoundError:
        return False


def _sampler(share: float, *, by_request: bool) -> tuple[float, bool]:
    """Return share and who decides, as OTEL_TRACES_SAMPLER says where it is set.

    https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    named = os.environ.get("OTEL_TRACES_SAMPLER", "").strip().lower()
    if not named:
        return share, by_request
    kind = named.removeprefix("parentbased_")
    argument = os.environ.get("OTEL_TRACES_SAMPLER_ARG", "").strip() or "1"
    shares = {"always_on": "1", "always_off": "0", "traceidratio": argument}
    try:
        found = float(shares[kind])
    except (KeyError, ValueError):
        found = -1.0
    if not 0 <= found <= 1:
        raise BadInput(
            "OTEL_TRACES_SAMPLER can be always_on, always_off or traceidratio, and each with parentbased_ before it; "
            "OTEL_TRACES_SAMPLER_ARG is a number from 0 to 1"
        )
    return found, named != kind
