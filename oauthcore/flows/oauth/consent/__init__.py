"""Consent: the question to a person, the decision, and what an approval writes. Callers send the answer."""
