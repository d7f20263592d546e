"""A large upload costs the disk, and no memory: it goes there piece by piece under either server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.reference_site.factories import picture
from tests.support.serving.raw import answer_on, connect, head
from tests.support.serving.served import LARGEST_PICTURE

LARGE = 200 * 2**20
MOST_MORE = 64 * 2**20
SAMPLE_SECONDS = 0.005
BOUNDARY = "a-boundary"
_HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="large.jpg"\r\n\r\n'
_END = f"\r\n--{BOUNDARY}--\r\n"
#: Media type, what stands before the file, what stands behind it.
WAYS = {
    "raw": ("image/jpeg", b"", b""),
    "form": (f"multipart/form-data; boundary={BOUNDARY}", _HEAD.encode(), _END.encode()),
}


def descendants(pid: int) -> set[int]:
    """Return the processes that a process has started, and those that they have."""
    children = {int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in _children(task)}
    return children.union(*map(descendants, children))


def _children(task: Path) -> list[str]:
    """Return the processes that a thread has started; one that ended since it was listed has none."""
    try:
        return _words(task / "children")
    except OSError:
        return []


def _words(path: Path) -> list[str]:
    return path.read_text().split()


def resident(pid: int) -> int:
    """Return how many bytes of memory a process has."""
    return int(_words(Path(f"/proc/{pid}/statm"))[1]) * 4096


@contextmanager
def growth(site) -> Iterator[dict[int, int]]:
    """Watch the site's processes; how much each of them grew at the most is known at the end."""
    idle = {pid: resident(pid) for pid in descendants(site.server.process.pid)}
    most, is_over = dict.fromkeys(idle, 0), threading.Event()

    def watch() -> None:
        while not is_over.wait(SAMPLE_SECONDS):
            for pid, size in idle.items():
                most[pid] = max(most[pid], resident(pid) - size)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        is_over.set()
        watcher.join()


def upload(site, way, size):
    """Send a picture with zeros behind it, which decoders pass over."""
    media_type, before, behind = WAYS[way]
    content = picture()
    token = site.demo["service_tokens"][0]["token"]
    lines = [
        "POST /v1/uploads HTTP/1.1",
        f"Authorization: Bearer {token}",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(before) + size + len(behind)}",
    ]
    zeros, left = b"\0" * 2**20, size - len(content)
    with connect(site) as connection:
        connection.settimeout(60)
        connection.sendall(head(site, *lines) + before + content)
        while left > 0:
            connection.sendall(zeros[:left])
            left -= len(zeros)
        connection.sendall(behind)
        return answer_on(connection)


@pytest.mark.parametrize("way", WAYS)
def test_a_large_upload_holds_the_worker_close_to_its_idle_size(way, site):
    assert LARGE < LARGEST_PICTURE
    for _ in range(8):  # whatever is loaded with the first upload, in each process
        assert upload(site, way, 10_000).status == 201

    with growth(site) as grown:
        answer = upload(site, way, LARGE)

    assert answer.status == 201, answer.body
    assert json.loads(answer.body)["bytes"] == LARGE
    assert max(grown.values()) < MOST_MORE, grown
    assert list((site.folder / "temporary").iterdir()) == []
