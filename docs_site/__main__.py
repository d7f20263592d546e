"""``python -m docs_site FOLDER`` builds the site into a folder."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import django


def main() -> int:
    """Build the site into the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m docs_site", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the site is built; what lay there is replaced")
    folder: Path = parser.parse_args().folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "docs_site.settings"
    django.setup()
    from docs_site.build import Unbuilt, build

    try:
        build(folder)
    except Unbuilt as problem:
        sys.stderr.write(f"The site was not built:\n{problem}\n")
        return 1
    sys.stdout.write(f"The site is in {folder}: open index.html there, or /docs/ of the reference site.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
