"""The products of the field, a folder each: settings, urls, and what is asked of it."""
