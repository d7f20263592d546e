"""``python -m benchmarks.pages``: make tables, sentences and plots afresh from the figures that are kept."""

from benchmarks.pages.figures import kept
from benchmarks.pages.write import write

if __name__ == "__main__":
    write(kept())
