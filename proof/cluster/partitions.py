"""The plan past one table, as ``docs/scaling.md`` has it: tokens and codes in hash partitions by digest."""

from __future__ import annotations

from proof.cluster.servers.databases import Postgres
from proof.cluster.servers.pooler import DATABASE, ROLE

#: What is found by its digest at each request. Everything else stays as it is.
TABLES = ("oauthcore_token", "oauthcore_authorizationcode")

# A unique constraint of a partitioned table must have the key of the partitions in it. The digest has; the
# number alone has not, so the primary key is number and digest, and nothing may point at the number.
_STATEMENTS = """
ALTER TABLE {table} RENAME TO {table}_before;
CREATE TABLE {table} (LIKE {table}_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING IDENTITY)
    PARTITION BY HASH (digest);
{partitions}
INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table}_before;
SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table};
DROP TABLE {table}_before;
ALTER TABLE {table} ADD PRIMARY KEY (id, digest);
ALTER TABLE {table} ADD UNIQUE (digest);
CREATE INDEX ON {table} (grant_id);
CREATE INDEX ON {table} (expires_at);
ALTER TABLE {table} ADD FOREIGN KEY (grant_id) REFERENCES oauthcore_grant (id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
GRANT ALL ON {table} TO "{role}";
"""
_PARTITION = (
    "CREATE TABLE {table}_{number} PARTITION OF {table} FOR VALUES WITH (MODULUS {all}, REMAINDER {number});"
)
_POINTS_AT_TOKENS = """
SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'oauthcore_token'::regclass
"""


def partition(server: Postgres, *, partitions: int) -> None:
    """Move the tables into partitions, each in one transaction, which locks it."""
    for table, name in server.ask(_POINTS_AT_TOKENS, database=DATABASE):
        server.ask(f"ALTER TABLE {table} DROP CONSTRAINT {name}", database=DATABASE)
    for table in TABLES:
        made = "\n".join(
            _PARTITION.format(table=table, number=number, all=partitions) for number in range(partitions)
        )
        server.ask(_STATEMENTS.format(table=table, partitions=made, role=ROLE), database=DATABASE)


def partitions_asked(server: Postgres) -> set[str]:
    """Return the partitions in which a token with a digest is looked for, as the plan says."""
    rows = server.ask(
        "EXPLAIN SELECT 1 FROM oauthcore_token WHERE digest = decode(repeat('ab', 32), 'hex')",
        database=DATABASE,
    )
    words = " ".join(str(row[0]) for row in rows).split()
    return {word for word in words if word.startswith("oauthcore_token_") and word[-1].isdigit()}
