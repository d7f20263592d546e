"""The app that has the tables."""

from django.apps import AppConfig


class AuthlibConfig(AppConfig):
    """Its label must not be the package's name."""

    name = "benchmarks.field.peers.authlib"
    label = "authlib_site"
