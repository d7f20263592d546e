"""The figures in the documentation: kept as JSON, from which tables, sentences and plots are made.

Nobody edits them by hand. ``python -m benchmarks --write-docs`` measures and writes them, and ``python -m
benchmarks.pages`` makes the pages afresh from what was measured last. A part that a run leaves out keeps the
figures that it had.
"""
