"""The face for programs: HTTP in, one flow, HTTP out."""
