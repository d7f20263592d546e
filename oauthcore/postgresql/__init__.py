"""Django's PostgreSQL backend, with connections that give up on a server that does not answer.

Name it in ``DATABASES``: ``"ENGINE": "oauthcore.postgresql"``. The option ``answer_within`` says after how
many seconds a connection gives up.

A server that is stopped, or whose disk hangs, still has a kernel that acknowledges what it is sent. TCP
keepalive and ``tcp_user_timeout`` see nothing wrong then, no ``statement_timeout`` runs out, and a request
would wait for as long as the server does.
"""

from oauthcore.postgresql.connection import Connection

__all__ = ["Connection"]
