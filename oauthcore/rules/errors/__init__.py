"""Every refusal, with the code and status that the wire shows."""
