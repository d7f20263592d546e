"""The servers of the cluster, on loopback and free ports. Each ends when whoever started it is gone."""
