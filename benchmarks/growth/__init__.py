"""Whether anything gets slower as tables grow (``docs/growth.md``)."""
