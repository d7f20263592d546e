"""The parts of a run that need the sites of the field."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from benchmarks.field import compare, load, memory
from benchmarks.field.serving import served
from benchmarks.field.site import Site
from benchmarks.results import Results

Tell = Callable[[str, int], None]


def run_field(results: Results, options: argparse.Namespace, url: str, tell: Tell) -> None:
    """Measure the field, the load and the memory, as far as they are asked for."""
    with compare.sites(url, options.products) as sites:
        if "field" in options.parts:
            results.field = compare.compare(
                sites,
                rounds=options.rounds,
                calls=options.calls,
                seconds=options.seconds,
                tell=partial(tell, "field"),
            )
        if {"load", "memory"} & set(options.parts):
            _run_served(results, options, sites, tell)


def _run_served(results: Results, options: argparse.Namespace, sites: list[Site], tell: Tell) -> None:
    with ExitStack() as stack:
        all_served = [stack.enter_context(served(site)) for site in sites if site.entrant.is_served]
        warm = memory.measure(all_served)
        if "memory" in options.parts:
            results.memory = warm
        if "load" in options.parts:
            results.load = load.measure(
                all_served,
                rounds=options.load_rounds,
                seconds=options.load_seconds,
                at_most=options.seconds,
                tell=partial(tell, "load"),
            )
