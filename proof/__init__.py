"""The rig that proves what ``docs/security.md`` promises, and that can fail.

``python -m proof`` starts a PostgreSQL that keeps what it commits, and the reference site in several
processes. Clients race, requests are interrupted, and an audit compares the database with what clients were
told. ``docs/proof.md`` describes the runs.
"""
