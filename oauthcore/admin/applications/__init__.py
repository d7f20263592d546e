"""Applications for staff, with their scopes and requests for more."""
