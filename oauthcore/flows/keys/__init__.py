"""The keys that this site signs with: how they are rotated, and how others read their public parts."""
