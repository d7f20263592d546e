"""What a good Containerfile keeps to. Each problem is a sentence, with the line where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.containers.instructions import Stage

KNOWN = {
    *("RUN", "COPY", "ENV", "WORKDIR", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD", "ENTRYPOINT"),
    *("ARG", "LABEL", "ADD"),
}
_SECRET = re.compile(r"(?i)(secret|password|token|key)\w*=(?!\S*_FILE)")


def is_pinned(image: str) -> bool:
    """Return whether an image names a release: a digest, or a tag with two numbers at least."""
    return "@sha256:" in image or bool(re.search(r":v?\d+\.\d+", image))


def problems(stages: list[Stage], context: Path) -> Iterator[str]:
    """Yield what is wrong with the stages; ``context`` is the folder that files are copied from."""
    names: set[str] = set()
    for stage in stages:
        if stage.base not in names and not is_pinned(stage.base):
            yield f"the image {stage.base} is not pinned to a release"
        yield from _of_stage(stage, names, context)
        names.add(stage.name)
    yield from _of_the_last(stages[-1])


def _of_stage(stage: Stage, names: set[str], context: Path) -> Iterator[str]:
    for one in stage.instructions:
        if one.word not in KNOWN:
            yield f"line {one.line}: {one.word} is no instruction"
        if one.word == "ADD":
            yield f"line {one.line}: COPY does what is wanted, and fetches nothing"
        if one.word in ("ENV", "ARG") and _SECRET.search(one.rest):
            yield f"line {one.line}: a secret would stay in the image"
        if one.word == "RUN" and "pip install" in one.rest and "--no-deps" not in one.rest:
            yield f"line {one.line}: pip installs what no lock names"
        if one.word == "RUN" and re.search(r"\b(curl|wget|sudo|apt-get upgrade)\b", one.rest):
            yield f"line {one.line}: this fetches what nothing pins"
        if one.word == "WORKDIR" and not one.rest.startswith("/"):
            yield f"line {one.line}: WORKDIR is not absolute"
        if one.word == "COPY":
            source = one.option("from")
            if source is not None and source not in names:
                yield f"line {one.line}: there is no stage {source}"
            missing = [] if source else [name for name in one.arguments[:-1] if not (context / name).exists()]
            yield from (f"line {one.line}: there is no {name} to copy" for name in missing)


def _of_the_last(stage: Stage) -> Iterator[str]:
    users = stage.all_of("USER")
    if not users or users[-1].rest.split(":")[0] in ("root", "0"):
        yield "it runs as root"
    elif not users[-1].rest.split(":")[0].isdigit():
        yield "the user is not a number, so an orchestrator cannot see that it is not root"
    if not stage.all_of("HEALTHCHECK"):
        yield "nothing says whether it is healthy"
    for word in ("CMD", "ENTRYPOINT"):
        for one in stage.all_of(word):
            if not one.rest.startswith("["):
                yield f"line {one.line}: a shell stands between the signal and the server"
    if not stage.all_of("CMD"):
        yield "it starts nothing"
