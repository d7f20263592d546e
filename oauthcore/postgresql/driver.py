"""The driver as Django's backend uses it: psycopg, whose connections give up waiting."""

from psycopg import *  # noqa: F403 - the errors, by the names that a DB-API driver has them under

from oauthcore.postgresql.connection import Connection

connect = Connection.connect
