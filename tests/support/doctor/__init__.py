"""A healthy site behind a server that can be told to misbehave, and the mistakes that the doctor finds."""
