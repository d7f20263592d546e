"""Schemathesis attacks the reference site, with what its OpenAPI description allows and forbids.

``python -m tests.support.attack`` runs it in this process, on a SQLite database of its own.
"""
