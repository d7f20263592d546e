"""A small photo library, owned by accounts and guarded by scopes."""
