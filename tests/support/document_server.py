"""A host with https on loopback, its certificate, and the names that lead to it."""

from __future__ import annotations

import json
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from oauthcore.outgoing import documents

HOST = "client.example"
#: What answers a request: given how to send bytes, and its head.
Responder = Callable[[Callable[[bytes], Any], str], None]


def json_response(content: object, *headers: str, status: str = "200 OK") -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class DocumentServer:
    """Answers by path what was put there, and counts what it was asked."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.ca_file, certificate = make_certificates(folder, *names)
        self.pages: dict[str, bytes | Responder] = {}
        self.requests: list[str] = []
        self.server_names: list[str | None] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _socket, name, _context: self.server_names.append(name)
        self._server = _Server(("127.0.0.1", 0), self._handler(context))
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def url(self, path: str = "/client", *, host: str = HOST) -> str:
        return f"https://{host}:{self.port}{path}"

    def put(self, content: object, *headers: str, path: str = "/client", status: str = "200 OK") -> None:
        self.pages[path] = json_response(content, *headers, status=status)

    def put_client(self, *headers: str, path: str = "/client", **members: object) -> str:
        """Publish the document of a client, and return its client ID."""
        client_id = self.url(path)
        members = {"client_id": client_id, "redirect_uris": ["https://client.example/callback"]} | members
        self.put(members, *headers, path=path)
        return client_id

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self, context: ssl.SSLContext) -> type[socketserver.BaseRequestHandler]:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    with context.wrap_socket(self.request, server_side=True) as tls:
                        outer._answer(tls)
                except OSError:
                    pass  # the caller has gone, or does not trust the certificate

        return Handler

    def _answer(self, tls: ssl.SSLSocket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            part = tls.recv(4096)
            if not part:
                return
            head += part
        body = head.partition(b"\r\n\r\n")[2]
        length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
        while length and len(body) < int(length[1]) and (part := tls.recv(4096)):
            body, head = body + part, head + part
        text = head.decode()
        self.requests.append(text)
        page = self.pages.get(text.split(" ")[1], json_response({}, status="404 Not Found"))
        if callable(page):
            page(tls.sendall, text)
        else:
            tls.sendall(page)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def make_certificates(folder: Path, *names: str) -> tuple[Path, Path]:
    """Return the file of a new authority, and one with a certificate of it for the names, with its key."""
    authority, ca_key = _signed("test authority", [], None, None)
    certificate, key = _signed("test host", names, authority, ca_key)
    ca_file, host_file = folder / "ca.pem", folder / "host.pem"
    ca_file.write_bytes(authority.public_bytes(Encoding.PEM))
    in_clear = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    host_file.write_bytes(certificate.public_bytes(Encoding.PEM) + in_clear)
    return ca_file, host_file


def _signed(
    subject: str,
    names: tuple[str, ...] | list[str],
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey | None,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    signer = issuer_key or key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1000))
        .not_valid_after(now + timedelta(days=1000))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(is_authority=issuer is None), critical=True)  # Python 3.13 insists on it
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(list(map(_general, names))), critical=False
        )
    return builder.sign(signer, hashes.SHA256()), key


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    """Return what a key is for: an authority signs certificates, and a server signs what it says."""
    unused = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
        **dict.fromkeys(unused, False),
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Resolver:
    """The system's resolver, as far as a test says what a name leads to; all other names work as ever."""

    def __init__(self) -> None:
        self.names: dict[str, list[str] | Callable[[], list[str]]] = {}
        self.asked: list[str] = []
        self._ask: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(self, host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        known = self.names.get(host)
        if known is None:
            return self._ask(host, port, *args, **kwargs)
        self.asked.append(host)
        return [_place(text, port) for text in (known() if callable(known) else known)]


def _place(text: str, port: int) -> tuple[Any, ...]:
    family, rest = (socket.AF_INET6, (port, 0, 0)) if ":" in text else (socket.AF_INET, (port,))
    return family, socket.SOCK_STREAM, 6, "", (text, *rest)


@contextmanager
def documents_on_loopback(monkeypatch: Any, folder: Path) -> Iterator[tuple[DocumentServer, Resolver]]:
    """Run a host whose certificate is trusted here, and a resolver that knows its name.

    A fetch has more time than it has on a site: a busy machine may take seconds for one on loopback.
    """
    server, resolver = DocumentServer(folder, HOST, "127.0.0.1"), Resolver()
    resolver.names[HOST] = ["127.0.0.1"]
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
    monkeypatch.setattr(socket, "getaddrinfo", resolver.getaddrinfo)
    monkeypatch.setattr(documents, "SECONDS_IN_ALL", 60.0)
    try:
        yield server, resolver
    finally:
        server.stop()
