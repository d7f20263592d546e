"""HAProxy before the nodes. It sends nothing to a node whose database does not answer."""

from __future__ import annotations

import signal
import socket
from contextlib import suppress

from proof.cluster.servers import programs
from tests.support.servers import launch
from tests.support.servers.launch import Server, ServerError

#: A node is taken out when its database fails, and not when the limiter does: that is lost for all nodes
#: alike, and most requests do not need it. When no node is left, the nodes themselves say 503.
CONFIGURATION = """
global
    maxconn 2000

defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    retries 2
    option redispatch

frontend site
    bind 127.0.0.1:{port}
    use_backend all_nodes if {{ nbsrv(nodes) eq 0 }}
    default_backend nodes

backend nodes
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host 127.0.0.1
    http-check expect rstring '"database": ?"ok"'
    timeout check 2500ms
    default-server check inter 500ms fastinter 250ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}

backend all_nodes
{unchecked}
"""


class Proxy:
    """One HAProxy."""

    def __init__(self, nodes: list[int], *, port: int) -> None:
        program = programs.find("haproxy")
        if program is None:
            raise ServerError("there is no HAProxy")
        self.port = port
        folder = launch.new_folder("cluster-haproxy")
        lines = [f"    server node{number} 127.0.0.1:{node}" for number, node in enumerate(nodes, 1)]
        file = folder / "haproxy.cfg"
        file.write_text(CONFIGURATION.format(port=port, servers="\n".join(lines), unchecked="\n".join(lines)))
        title, process = launch.start(
            [str(program), "-db", "-f", str(file)],
            folder=folder,
            user=None,
            stop_signal=signal.SIGTERM,
            answers=self._answers,
        )
        self.server = Server(f"http://127.0.0.1:{port}", title, process, folder)

    @property
    def url(self) -> str:
        """Where clients find the site."""
        return self.server.url

    def stop(self) -> None:
        """End it."""
        self.server.stop()

    def _answers(self) -> str | None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return "HAProxy"
        return None
