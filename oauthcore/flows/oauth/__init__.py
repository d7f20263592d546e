"""OAuth for applications: authentication, authorization requests and tokens."""
