"""How fast oauthcore answers, beside django-oauth-toolkit and others: ``python -m benchmarks``.

The targets are judged in one process that holds both products, on one PostgreSQL. The others are in
``field``, in a process each. What is compared is always measured in the same round, and told as a ratio.
``docs/performance.md`` says how, and what the numbers do not say.
"""

DATABASE_VARIABLE = "OAUTHCORE_BENCHMARK_DATABASE_URL"
"""The environment variable in which the settings find the database made for this run."""

OPERATIONS = ("bearer check", "client credentials", "code", "refresh", "introspection")
"""What both products are asked to do."""

PLAIN_OPERATIONS = ("no-op view", "no-op view + SELECT", "plain view", "plain view + scopes")
"""Views that do nothing, of Django REST framework and Django: alone, with one statement, behind a token."""

LEGACY_OPERATIONS = ("legacy bearer check", "legacy authorize")
"""What only ours is asked to do, once with what is counted as legacy use and once without."""
