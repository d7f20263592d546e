"""Hours of mixed traffic on a running site: memory, tables, times (``docs/growth.md``)."""
