"""Django's backend for MariaDB and MySQL. Where the server does not answer, it does not wait a second time.

Name it in ``DATABASES``: ``"ENGINE": "oauthcore.mysql"``. The driver's ``read_timeout`` ends the waiting;
then this process does not connect again for two seconds, and requests fail at once.
"""
