"""The site on several servers, as it would be on several machines, and what happens when one of them is lost.

``python -m proof.cluster`` starts a PostgreSQL with a streaming replica, a PgBouncer for each of two nodes,
Valkey with a replica and three Sentinels, and a proxy. ``docs/scaling.md`` describes it.
"""
