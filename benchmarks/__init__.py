"""How fast oauthcore answers, beside django-oauth-toolkit: ``python -m benchmarks``.

One process holds both products, on one PostgreSQL. What is compared is always measured in the same round, and
told as a ratio. ``docs/benchmark.md`` says how, and what the numbers do not say.
"""

DATABASE_VARIABLE = "OAUTHCORE_BENCHMARK_DATABASE_URL"
"""The environment variable in which the settings find the database made for this run."""

OPERATIONS = ("bearer check", "client credentials", "code", "refresh", "introspection")
"""What both products are asked to do."""

LEGACY_OPERATIONS = ("legacy bearer check", "legacy authorize")
"""What only ours is asked to do, once with what is counted as legacy use and once without."""
