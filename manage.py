#!/usr/bin/env python
"""The reference site's command line: `python manage.py migrate`, `demo_data`, `runserver` and the rest."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reference_site.settings")
    execute_from_command_line(sys.argv)
