"""Django's backend for MariaDB and MySQL, which asks a server that does not answer once and not twice.

Name it in ``DATABASES``: ``"ENGINE": "oauthcore.mysql"``. The driver's ``read_timeout`` ends the waiting;
then this process does not connect again for two seconds, and requests fail at once.
"""
