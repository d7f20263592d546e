"""The page on which people connect a device that has no browser."""
