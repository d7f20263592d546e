"""People for staff: their second factors, and the limits of signing in."""
