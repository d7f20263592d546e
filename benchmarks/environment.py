"""The environment in which the reference site is measured."""

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "reference_site.settings",
    "DEBUG": "0",
    "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
    "ALLOWED_HOSTS": "testserver",
    "OAUTHCORE_ISSUER": "https://testserver",
    "CACHE_URL": "locmemcache://",
    "EMAIL_URL": "memorymail://",
    "TRUSTED_PROXIES": "",
    "DATABASE_TIMEOUT": "0",  # tables are filled by long statements
}
