"""What is recorded about requests: events, refusals and use. Some of it is counted in memory first."""
