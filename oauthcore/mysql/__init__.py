"""Django's backend for MariaDB and MySQL. If the server does not answer, no request waits for it twice.

Name it in ``DATABASES``: ``"ENGINE": "oauthcore.mysql"``. The driver's ``read_timeout`` ends the wait. After
that this process does not connect again for two seconds, and requests fail at once.
"""
