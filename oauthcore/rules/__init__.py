"""Pure rules: they decide from values alone, without Django, clock, settings or I/O."""
