"""Consent: what a person is asked, the decision, and what a yes writes; not where the answer goes."""
