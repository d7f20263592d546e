"""The pages on which people look after their password, second factor and devices."""
