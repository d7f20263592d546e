"""The runs. Each takes the cluster and a size, and returns what it found."""

from __future__ import annotations

from proof.cluster.cluster import Cluster
from proof.runs.run import RunOn


def all_runs() -> dict[str, RunOn[Cluster]]:
    """Return every run by its name, in the order in which they are done. Django must be set up."""
    from proof.cluster.runs import (
        carrying,
        losing_a_node,
        losing_the_primary,
        losing_valkey,
        partitioning,
        pooling,
        reading,
        revoking,
    )

    runs = (
        pooling.RUN,
        reading.RUN,
        revoking.RUN,
        losing_a_node.RUN,
        losing_valkey.RUN,
        losing_the_primary.LOSING_THE_REPLICA,
        losing_the_primary.RUN,
        losing_the_primary.LOSING_COMMITS,
        carrying.RUN,
        partitioning.RUN,
    )
    return {one.name: one for one in runs}
