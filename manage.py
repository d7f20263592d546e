#!/usr/bin/env python
"""The reference site's command line: `python manage.py migrate`, `demo_data`, `runserver` and the rest."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reference_site.settings")
    if sys.argv[1:2] not in (["check"], ["oauthcore_doctor"], ["runserver"]):
        # Requests give up on a database that does not answer. Commands may take as long as they need.
        os.environ.setdefault("DATABASE_TIMEOUT", "0")
    execute_from_command_line(sys.argv)
