"""Strict parsing of what HTTP carries: headers, parameters, bodies, addresses."""
