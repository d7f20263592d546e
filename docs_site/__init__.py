"""Builds the documentation as a site: the pages of ``docs/``, and pages that are read from the code."""
