"""The OAuth endpoints for programs, and the metadata that describes them."""
