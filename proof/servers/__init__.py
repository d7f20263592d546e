"""What a proof runs on: a PostgreSQL that keeps what it commits, the site in several processes, a network."""
