"""Between the rows and the acts: what is recorded of them, at once or gathered in memory first."""
