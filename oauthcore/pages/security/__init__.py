"""The pages on which people manage their password, second factor and devices."""
