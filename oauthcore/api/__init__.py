"""The endpoints for programs: each reads an HTTP request, calls one flow and writes the answer."""
