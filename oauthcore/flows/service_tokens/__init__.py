"""Making, changing, rotating, revoking and listing service tokens."""
