"""Django's PostgreSQL backend, with connections that give up on a server that does not answer.

Name it in ``DATABASES``: ``"ENGINE": "oauthcore.postgresql"``. The option ``answer_within`` is the number of
seconds after which a connection gives up.

If a server process is stopped, or its disk hangs, the kernel of its machine still acknowledges packets. Then
TCP keepalive and ``tcp_user_timeout`` notice nothing, and the server does not apply ``statement_timeout``.
Without this option a request would wait until the server continues.
"""

from oauthcore.postgresql.connection import Connection

__all__ = ["Connection"]
