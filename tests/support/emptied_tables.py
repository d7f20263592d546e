"""Tables are emptied after tests with transactions of their own, in a fraction of the time that Django takes.

Django truncates all tables, and then makes content types and permissions anew: for each such test 80 ms on
PostgreSQL, of which there are hundreds. Tables of tests hold a few rows, so deleting those takes 5 ms.
"""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.test import TransactionTestCase

#: What migrating has put there, and no test changes.
KEPT = {model._meta.db_table for model in (ContentType, Permission)}

_truncate = TransactionTestCase._fixture_teardown


def empty_tables(case: TransactionTestCase) -> None:
    """Take the place of ``TransactionTestCase._fixture_teardown``."""
    aliases = list(case._databases_names(include_mirrors=False))
    if not all(connections[alias].vendor in ("postgresql", "sqlite") for alias in aliases):
        _truncate(case)  # MariaDB checks foreign keys at once, so the order would matter
        return
    for alias in aliases:
        connection = connections[alias]
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            for table in sorted(set(tables) - KEPT):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
