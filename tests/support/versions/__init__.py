"""The tests with other versions of Python and Django, each combination in an environment of its own."""
