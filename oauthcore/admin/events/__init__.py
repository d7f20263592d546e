"""Security events for staff."""
