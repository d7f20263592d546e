"""Settings for mypy alone, which knows one site only: those of the tests, and what Lumen Prints adds."""

import os
import tempfile

from tests.settings import *

_folder = tempfile.TemporaryDirectory()
os.environ["LUMEN_PRINTS_FOLDER"] = _folder.name

from reference_site.lumen_prints.settings import CLIENT_ID, CLIENT_SECRET_FILE, FOLDER, URL

INSTALLED_APPS = [*INSTALLED_APPS, "reference_site.lumen_prints"]
