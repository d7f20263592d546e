"""psycopg under the names that Django's backend uses, with our connection class in place of its own."""

from psycopg import *  # noqa: F403 - the errors, by the names that a DB-API driver has them under

from oauthcore.postgresql.connection import Connection

connect = Connection.connect
