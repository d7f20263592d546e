"""Management commands. They may take as long as they need, unlike requests."""

import os
import sys

from django.core.management import execute_from_command_line

#: These look at the settings that requests have.
AS_REQUESTS = ("check", "oauthcore_doctor", "runserver")

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
    if not set(sys.argv[1:2]) & set(AS_REQUESTS):
        os.environ["DATABASE_TIMEOUT"] = "0"
    execute_from_command_line(sys.argv)
