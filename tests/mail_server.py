"""A small mail server whose answers depend on the recipient's name, for tests of what can go wrong.

`later` is deferred (451), `nobody` refused (550), `void` refused after the server let the text begin, `unwelcome` refused after its text,
`cut` loses the connection after its text, `hangup` at its envelope. Everybody else is taken.
"""

import socket
import ssl
import threading
from email import message_from_bytes, policy


class MailServer:
    """Listens on the loopback for the length of a `with` block; `taken` holds (recipient, message) of what it took."""

    def __init__(self, *, pipelining=True, context=None, tls="", login=False):
        self.pipelining, self.context, self.tls, self.login = pipelining, context, tls, login
        self.taken, self.commands = [], []

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.tls == "ssl":
                connection = self.context.wrap_socket(connection, server_side=True)
            self._talk(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def _talk(self, connection):
        lines = connection.makefile("rb")
        say = connection.sendall
        say(b"220 ready\r\n")
        recipient, signed_in = "", not self.login
        while line := lines.readline():
            command = line.decode().strip()
            self.commands.append(command)
            verb = command[:4].upper()
            if verb in ("EHLO", "HELO"):
                more = (
                    [b"PIPELINING"] * self.pipelining
                    + [b"STARTTLS"] * (self.tls == "starttls")
                    + [b"AUTH PLAIN"] * self.login
                )
                say(b"250-ready\r\n" + b"".join(b"250-%b\r\n" % one for one in more) + b"250 HELP\r\n")
            elif verb == "STAR":
                say(b"220 go\r\n")
                connection = self.context.wrap_socket(connection, server_side=True)
                lines, say = connection.makefile("rb"), connection.sendall
            elif verb == "AUTH":
                signed_in = True
                say(b"235 welcome\r\n")
            elif verb == "RCPT" and not signed_in:
                say(b"530 sign in first\r\n")
            elif verb == "RCPT":
                recipient = command[command.index("<") + 1 : command.index(">")]
                name = recipient.partition("@")[0]
                if name == "hangup":
                    return
                say(
                    {"later": b"451 not now\r\n", "nobody": b"550 nobody here\r\n", "void": b"550 void\r\n"}.get(
                        name, b"250 ok\r\n"
                    )
                )
            elif verb == "DATA":
                name = recipient.partition("@")[0]
                if name in ("later", "nobody"):
                    say(b"554 no recipient\r\n")
                    continue
                say(b"354 go\r\n")
                text = []
                while (line := lines.readline()) != b".\r\n":
                    text.append(line.removeprefix(b"."))
                if name == "cut":
                    self.taken.append((recipient, message_from_bytes(b"".join(text), policy=policy.default)))
                    return
                if name == "void":
                    assert text == []
                if name in ("void", "unwelcome"):
                    say(b"554 refused\r\n")
                    continue
                self.taken.append((recipient, message_from_bytes(b"".join(text), policy=policy.default)))
                say(b"250-taken\r\n250 queued\r\n")
            elif verb == "QUIT":
                say(b"221 bye\r\n")
                return
            else:
                say(b"250 ok\r\n")


def use(settings, server):
    """Let the portal send to this server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = server.tls == "starttls", server.tls == "ssl"
    if server.login:
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "a-password"


def server_and_client_tls(directory):
    """Return the TLS contexts of a server on localhost and of a client that trusts it alone."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (directory / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (directory / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(directory / "certificate.pem", directory / "key.pem")
    return server, ssl.create_default_context(cafile=directory / "certificate.pem")
