"""Cleaning up a million expired rows, beside django-oauth-toolkit's ``cleartokens`` (``docs/growth.md``)."""
