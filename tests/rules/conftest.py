"""How Hypothesis searches: as long as it needs on a busy machine, and the same way on every machine."""

from hypothesis import settings

settings.register_profile("oauthcore", deadline=None, derandomize=True, database=None)
settings.load_profile("oauthcore")
