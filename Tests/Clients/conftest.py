"""A live Souk for each test session, started by the command that operators use, and servers of the outside world."""

import base64
import fcntl
import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import sync_playwright

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The headless build needs a third less processor time than the full browser.
BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser"]
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
SOUK = os.environ.get("SOUK_BINARY", os.path.join(ROOT, ".build/debug/souk"))


# What takes longest begins first, so that nothing long is left to one process at the end.
LONGEST_FIRST = ["test_schema", "test_crash", "test_affiliate_pages", "test_pages", "test_hostile"]


def pytest_collection_modifyitems(items):
    rank = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.module.__name__, len(rank)))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Souk:
    """One server process with its own data directory."""

    def __init__(self, directory, database=None, **settings):
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SOUK_")},
            "SOUK_DATA_DIR": str(directory),
            "SOUK_PORT": str(self.port),
            "SOUK_OUTBOUND_ALLOW": "127.0.0.1",
            "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0",
            "SOUK_LOG_LEVEL": "warning",
            **settings,
        }
        if database:
            self.environment["SOUK_DATABASE"] = database
            # Nodes that share a database share the operator's key.
            self.environment.setdefault("SOUK_SECRET_KEY", base64.b64encode(hashlib.sha256(b"the tests").digest()).decode())
        self.log = os.path.join(str(directory), "log")
        os.makedirs(str(directory), exist_ok=True)
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def market(self):
        return f"{self.url}/market/api/v1"

    def start(self, *flags):
        self.process = subprocess.Popen([SOUK, "serve", *flags], env=self.environment, stdout=subprocess.DEVNULL, stderr=open(self.log, "ab"))
        for _ in range(600):
            try:
                if httpx.get(f"{self.url}/health").status_code == 200:
                    return self
            except httpx.TransportError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(open(self.log).read())

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=60)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def command(self, *arguments, check=True):
        return subprocess.run([SOUK, *arguments], env=self.environment, capture_output=True, text=True, check=check, timeout=300)

    def key(self, role, owner, rate_limit=0, surface="market"):
        """What follows `Bearer `."""
        output = self.command(
            "keys", "create", "--surface", surface, "--role", role, "--owner", owner, "--rate-limit", str(rate_limit)
        )
        return json.loads(output.stdout)["authorization"]

    def client(self, key=None):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.market, headers=headers, timeout=60)


class Host:
    """Somebody else's HTTP server on loopback; `answer(handler)` decides what it says."""

    def __init__(self, answer):
        self.requests = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("content-length") or 0)
                self.body = self.rfile.read(length)
                host.requests.append((self.command, self.path, dict(self.headers), self.body))
                answer(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

            def reply(self, status, value, **headers):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                for name, text in headers.items():
                    self.send_header(name.replace("_", "-"), text)
                self.end_headers()
                self.wfile.write(body)

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_):
                """A client that goes away is part of the tests."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.request_queue_size = 256
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()


def echo(request):
    request.reply(200, {"method": request.command, "path": request.path, "body": request.body.decode("latin1")})


needs_postgres = pytest.mark.skipif("TEST_POSTGRES" not in os.environ, reason="no PostgreSQL")


@pytest.fixture
def shared_database():
    """The URL of a new database on the tests' PostgreSQL. One test at a time has one, since some of them crash the server."""
    server = os.environ["TEST_POSTGRES"]
    port = server.rsplit(":", 1)[1].split("/")[0]
    with open(os.path.join(tempfile.gettempdir(), f"souk-postgres-{port}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield new_database()


def new_database():
    server, name = os.environ["TEST_POSTGRES"], f"souk_{uuid.uuid4().hex}"
    subprocess.run(["psql", "-q", server, "-c", f"CREATE DATABASE {name}"], check=True)
    return f"{server.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(scope="session")
def souk(tmp_path_factory):
    server = Souk(tmp_path_factory.mktemp("souk")).start()
    yield server
    assert server.stop() == 0
    verified = server.command("verify", check=False)
    assert verified.returncode == 0, verified.stdout


@pytest.fixture
def host():
    hosts = []

    def start(answer=echo):
        hosts.append(Host(answer))
        return hosts[-1]

    yield start
    for started in hosts:
        started.close()


# Of a module: while a browser runs, so does its event loop, beside which the x402 client starts none.
@pytest.fixture(scope="module")
def chromium():
    assert CHROMIUM, "the pages are tested in Chromium; install it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.05)
    return found
