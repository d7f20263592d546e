"""The container files of the production example: read, held against rules, and built without a daemon."""
