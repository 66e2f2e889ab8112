"""The review page on HTTPS, under the names that the stack gives it, for programs of this process."""

import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.simulation.hub.stack_in_process import BASE_URL, Hub

_resolve = socket.getaddrinfo


@contextmanager
def serving(hub: Hub, hosts: Collection[str]) -> Iterator[None]:
    """`hosts` lead to the hub's page, with a certificate that this process trusts; no other name resolves."""
    with TemporaryDirectory() as folder:
        certificate = Path(folder) / "page.pem"
        certificate.write_bytes(_certificate(hosts))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()

        def resolve(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
            if host in hosts:
                return _resolve("127.0.0.1", server.server_port, *rest, **named)
            if host in ("127.0.0.1", "localhost"):
                return _resolve(host, port, *rest, **named)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        trusting = patch.dict("os.environ", {"SSL_CERT_FILE": str(certificate), "no_proxy": "*"})
        with patch("socket.getaddrinfo", resolve), trusting:
            yield
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = hub.get(BASE_URL + self.path.removeprefix("/v1"))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: Any) -> None:
            """Logs nothing."""

    return Page


def _certificate(hosts: Collection[str]) -> bytes:
    """Signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "review page")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    whole = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return whole + made.public_bytes(pem)
