"""Where Chromium is on this machine, and how it is started for tests."""

import os
import shutil

HOW_TO_GET_IT = "install the package chromium-headless-shell or chromium, or name one in {variable}"

#: Debian's headless shell comes first: it draws the same pages with a quarter less CPU than the browser does.
NAMES = ("chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
VARIABLE = "OAUTHCORE_CHROMIUM"

# Chromium's sandbox needs rights that root in a container lacks, and only our own pages are shown to it.
# The rest keeps it from calling home, which would make tests depend on a network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def find() -> str | None:
    """Return the path of the Chromium to use, or None if there is none."""
    if chosen := os.environ.get(VARIABLE):
        return chosen
    return next((path for path in map(shutil.which, NAMES) if path), None)
