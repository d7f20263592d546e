"""Settings of a command that has this migration."""

from __future__ import annotations

from reference_site.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "proof.planted"]
