"""The settings of the site that is attacked: those of the tests, without limits and without the network."""

import tempfile
from pathlib import Path

from tests.settings import *

_folder = Path(tempfile.mkdtemp(prefix="attack"))
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _folder / "db.sqlite3"},
}
MEDIA_ROOT = str(_folder / "media")
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"handlers": [], "level": "CRITICAL"}}

_NONE = (1_000_000, 60)
OAUTHCORE = OAUTHCORE | {
    # Each limit would answer 429 after a few requests, and hide what is behind it. Other tests reach them.
    **{
        f"{name}_LIMIT": _NONE
        for name in (
            *("CLIENT_SECRET", "CLIENT_SECRET_ADDRESS", "DEVICE_AUTHORIZATION", "DYNAMIC_REGISTRATION"),
            *(
                "DEVICE_AUTHORIZATION_APPLICATION",
                "INTROSPECTION",
                "LOGIN",
                "LOGIN_ADDRESS",
                "LOGIN_STRANGER",
            ),
            *("MASTODON_REGISTRATION", "PUSHED_REQUEST", "PUSHED_REQUEST_APPLICATION", "SECOND_FACTOR"),
            "LOGIN_STRANGER",
            *("METADATA_DOCUMENT", "METADATA_DOCUMENT_TOTAL"),
        )
    },
    "DYNAMIC_REGISTRATION_LIMIT_IN_ALL": _NONE,
    "METADATA_DOCUMENT_HOSTS": (),  # documents of other sites are not fetched
}
