"""Tables are emptied after tests with transactions of their own, in a fraction of the time that Django takes.

Django truncates all tables, and then makes content types and permissions anew: for each such test 80 ms on
PostgreSQL, of which there are hundreds. Tables of tests hold a few rows, so deleting those takes 5 ms.
"""

from __future__ import annotations

from contextlib import nullcontext

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

#: What migrating has put there, and no test changes.
KEPT = {model._meta.db_table for model in (ContentType, Permission)}


def empty_tables(case: TransactionTestCase) -> None:
    """Take the place of ``TransactionTestCase._fixture_teardown``."""
    for alias in case._databases_names(include_mirrors=False):
        delete_all_rows(connections[alias])


def delete_all_rows(connection: BaseDatabaseWrapper) -> None:
    """Leave nothing in the tables of a database but what migrating has put there."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    # MariaDB checks foreign keys row by row, so the order would matter.
    unchecked = connection.constraint_checks_disabled() if connection.vendor == "mysql" else nullcontext()
    with unchecked, transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table in sorted(set(tables) - KEPT):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
