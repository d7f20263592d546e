"""Records about requests: events, refusals and use. Some are counted in memory first."""
