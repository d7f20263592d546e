"""A state machine that plays applications, people and staff, and the model that it holds the site to."""
