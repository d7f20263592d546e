"""Showing how far long work has come: on a terminal only, and only where the results go elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.core.management.base import OutputWrapper

Item = TypeVar("Item")


def shown(
    items: Iterable[Item], *, total: int, results: OutputWrapper, progress: OutputWrapper
) -> Iterator[Item]:
    """Yield the items, and say on ``progress`` how many of them are done.

    Nothing is said where that is no terminal, nor where the results are lines on a terminal themselves.
    tqdm draws a bar where it is installed.
    """
    if not progress.isatty() or results.isatty():
        yield from items
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield from _counted(items, total, _Plain(progress))
        return
    yield from tqdm(items, total=total, file=_Plain(progress), leave=False)


def bar(what: str, total: int, *, progress: OutputWrapper) -> Callable[[int], None]:
    """Return a function that is told how many more rows are done, and shows it on a terminal.

    tqdm draws the bar where it is installed (the extra ``progress``). Without a terminal nothing is shown.
    """
    if not progress.isatty():
        return lambda _: None
    plain = _Plain(progress)
    try:
        from tqdm import tqdm
    except ImportError:
        return _plain_bar(what, total, plain)
    drawn = tqdm(desc=what, total=total, file=plain, unit=" rows", dynamic_ncols=True)

    def advance(count: int) -> None:
        drawn.update(count)
        if drawn.n >= total:
            drawn.close()

    return advance


def _plain_bar(what: str, total: int, progress: _Plain) -> Callable[[int], None]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress.write(f"\r{what}: {done} of {total}" + ("\n" if done >= total else ""))
        progress.flush()

    return advance


class _Plain:
    """Writes to a command's output as it is: neither coloured as an error nor a line each time."""

    def __init__(self, output: OutputWrapper) -> None:
        self._output = output

    def write(self, text: str) -> None:
        self._output.write(text, style_func=str, ending="")

    def flush(self) -> None:
        self._output.flush()


def _counted(items: Iterable[Item], total: int, progress: _Plain) -> Iterator[Item]:
    done = 0
    try:
        for done, item in enumerate(items, start=1):
            yield item
            progress.write(f"\r{done} of {total}")
            progress.flush()
    finally:
        if done:
            progress.write("\n")
