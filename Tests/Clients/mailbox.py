"""Somebody's mail server: takes messages by SMTP, and keeps them."""

import email
import re
import time
from email import policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from conftest import free_port


class MailServer:
    def __init__(self, password=None, tls=None):
        self.messages, self.refusing, self.logins = [], None, []
        server = self

        class Handler:
            async def handle_RCPT(self, _, session, envelope, address, options):
                if server.refusing:
                    return server.refusing
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, _, session, envelope):
                server.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
                return "250 kept"

        def authenticate(_, session, envelope, mechanism, data):
            server.logins.append((data.login.decode(), data.password.decode()))
            return AuthResult(success=data.password.decode() == password)

        options = {"authenticator": authenticate, "auth_require_tls": tls is not None} if password else {}
        self.port = free_port()
        self.controller = Controller(Handler(), hostname="127.0.0.1", port=self.port, tls_context=tls, **options)
        self.controller.start()

    @property
    def settings(self):
        return {"SOUK_SMTP_URL": f"smtp://127.0.0.1:{self.port}", "SOUK_MAIL_FROM": "Souk <souk@example.com>"}

    def wait(self, count, seconds=20):
        for _ in range(seconds * 20):
            if len(self.messages) >= count:
                return self.messages[count - 1]
            time.sleep(0.05)
        raise AssertionError(f"{len(self.messages)} messages came instead of {count}")

    def stop(self):
        self.controller.stop()


def text(message):
    return message.get_content().replace("\r\n", "\n")


def code(message):
    return re.search(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b", text(message)).group()
