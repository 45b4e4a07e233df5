"""A server that outlives whoever started it only by a moment.

The supervisor is a process of its own. Its owner holds a lock on a file as long as it lives, also
where it is killed; when the lock comes free, the supervisor ends the server and removes its data.

    python -m tests.neo4j_server.supervise PLACE VERSION

PLACE/../owner is the locked file; PLACE/address.json comes into being when the server is ready, and
says why where there is none.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from tests.neo4j_server.engines import Address, open_engine
from tests.neo4j_server.jars import Unavailable

_ROOT = Path(__file__).parents[2]
_WAIT_SECONDS = 1_200


def own(folder: Path) -> int:
    """Lock the file that supervisors in `folder` watch; the lock lives as long as this process or the number."""
    number = os.open(folder / "owner", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(number, fcntl.LOCK_EX)
    return number


def server(folder: Path, version: str, user: str = "") -> Address:
    """Return the server of a version that serves a user of a folder, or all of them; the first to ask starts it.

    Raises:
        Unavailable: there is none to be had.
    """
    place = folder / f"{version}-{user}".rstrip("-")
    place.mkdir(exist_ok=True)
    answer = place / "address.json"
    with (place / "starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            _start(place, version)
    found = json.loads(answer.read_text("utf-8"))
    if "reason" in found:
        raise Unavailable(found["reason"])
    return Address(**found)


def _start(place: Path, version: str) -> None:
    with (place / "log").open("wb") as log:
        # In a session of its own, so that Ctrl-C at the terminal does not end it before its time.
        started = subprocess.Popen(
            [sys.executable, "-m", "tests.neo4j_server.supervise", str(place), version],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    limit = time.monotonic() + _WAIT_SECONDS
    while not (place / "address.json").exists():
        if started.poll() is not None or time.monotonic() > limit:
            log_text = (place / "log").read_text("utf-8", "replace")
            _tell(place, {"reason": f"its supervisor failed: {log_text.strip()[-300:]}"})
        time.sleep(0.05)
    started.returncode = 0  # it is not waited for: it ends after us


def _tell(place: Path, found: dict[str, str]) -> None:
    partial = place / "address.new"
    partial.touch(0o600)
    partial.write_text(json.dumps(found), "utf-8")
    partial.rename(place / "address.json")


def _supervise(place: Path, version: str) -> None:
    ended, orphaned = threading.Event(), threading.Event()

    def wait_for_owner() -> None:
        with (place.parent / "owner").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH)
        orphaned.set()
        ended.set()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    threading.Thread(target=wait_for_owner, daemon=True).start()
    try:
        engine = open_engine(version)
    except Unavailable as error:
        _tell(place, {"reason": str(error)})
        return
    try:
        _tell(place, asdict(engine.address))
        ended.wait()
    finally:
        engine.close()
        if orphaned.is_set():
            shutil.rmtree(place.parent, ignore_errors=True)


if __name__ == "__main__":
    _supervise(Path(sys.argv[1]), sys.argv[2])
