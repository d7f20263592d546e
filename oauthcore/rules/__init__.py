"""What can be decided from values alone: no Django, no clock, no settings, no I/O."""
