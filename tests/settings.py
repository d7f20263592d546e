"""Settings of the test run: the reference site's own, with what would make tests slow or dependent taken out.

Whatever the reference site reads from the environment is fixed here first, so that neither a developer's
shell nor a ``.env`` file decides what is tested. The plugin in ``tests/support/servers`` names the database.
"""

import os

os.environ.update(
    {
        "DEBUG": "0",
        "SECRET_KEY": "known-to-everybody-and-used-in-tests-only-0123456789",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "DATABASE_URL": os.environ.get("OAUTHCORE_TEST_DATABASE_URL", "sqlite://:memory:"),
        "DATABASE_TIMEOUT": "0",  # a crowd on a busy machine may wait for its locks longer than a request
        "CACHE_URL": "locmemcache://",
        "EMAIL_URL": "memorymail://",
        "OAUTHCORE_ISSUER": "https://testserver",
        "TRUSTED_PROXIES": "",
        "SECOND_FACTOR_KEYS": "",
        "PAIRWISE_SALT": "known-to-everybody-and-used-in-tests-only-0123456789",
        "LUMEN_PRINTS_URL": "http://127.0.0.1:8001",
        "LUMEN_PRINTS_FOLDER": "",
    }
)

from reference_site.settings import *

# On PostgreSQL the reference site's options stay (server-side binding, prepared statements): statements are
# to be tested as they run in production. Connections do not outlive a request, or threads would keep the test
# database from being removed.
DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Nothing is collected before a test run: static files come from where they lie. They are looked for when they
# are asked for, because each new test client loads the middleware, which would go through all of them.
STATIC_ROOT = None
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
