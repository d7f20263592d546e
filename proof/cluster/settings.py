"""Settings of a node: those of the site under proof, with a replica for reads that may be late."""

from __future__ import annotations

from proof.cluster.servers.pooler import REPLICA
from proof.settings import *

DATABASES["replica"] = {**DATABASES["default"], "NAME": REPLICA}
DATABASE_ROUTERS = ["proof.cluster.routers.OwnReadsFromReplica"]
