"""The secrets that this server makes: their format, their digests, and how leaked ones are found."""
