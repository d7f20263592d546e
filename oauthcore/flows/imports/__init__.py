"""Importing applications and live tokens from other packages, so that nobody is signed out.

``source`` says what a package's module implements, ``run`` runs it.
"""
