"""The modules of OpenID's conformance suite for a basic provider, as tests under their names."""
