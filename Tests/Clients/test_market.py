"""The market through httpx and standardwebhooks, against a live server."""

import concurrent.futures
import hashlib
import hmac
import json
import os
import threading
import time
import uuid

import httpx
import pytest
from conftest import free_port
from standardwebhooks.webhooks import Webhook


def register(souk, endpoint, price="0.05", **fields):
    with souk.client(souk.key("provider", "seller")) as provider:
        answer = provider.post(
            "/services", json={"name": "Echo", "endpoint": endpoint, "price_per_call": price, "payment_method": "paypal", **fields}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


def buyer_with(souk, amount):
    owner = f"buyer-{uuid.uuid4()}"
    with souk.client() as anybody:
        key = anybody.post("/keys", json={"owner_id": owner, "rate_limit": 300}).json()
    with souk.client(souk.key("admin", "ops")) as admin:
        answer = admin.post("/admin/credits", json={"buyer_id": owner, "amount": amount, "reason": "test"})
        assert answer.status_code == 201, answer.text
    return souk.client(f"{key['key_id']}:{key['secret']}")


def test_a_newcomer_pays_for_a_call(souk, host):
    provider = host()
    service = register(souk, provider.url)
    with buyer_with(souk, "1.00") as buyer:
        answer = buyer.post(f"/proxy/{service}/analyze?q=1", json={"text": "hello"})
        assert answer.status_code == 200
        assert answer.headers["X-ACF-Amount"] == "0.05"
        assert answer.json()["path"] == "/analyze?q=1"
        assert buyer.get("/balance").json()["balance"] == "0.95"
        assert buyer.get("/usage/me").json()["total_spent_usd"] == "0.05"
        assert buyer.get("/usage").json()["usage"][0]["id"] == answer.headers["X-ACF-Usage-Id"]


@pytest.mark.parametrize("secret", ["plain secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_a_webhook_verifies_with_the_public_library(souk, host, secret):
    receiver = host(lambda request: request.reply(200, {}))
    service = register(souk, host().url)
    with buyer_with(souk, "1.00") as buyer:
        hook = buyer.post(
            "/webhooks", json={"url": receiver.url + "/hook", "events": ["service.called", "payment.completed"], "secret": secret}
        )
        assert hook.status_code == 201, hook.text
        called = buyer.post(f"/proxy/{service}/x", content=b"x")
        for _ in range(200):
            if len(receiver.requests) == 2:
                break
            time.sleep(0.05)
        assert len(receiver.requests) == 2
        for _, _, headers, body in receiver.requests:
            headers = {name.lower(): value for name, value in headers.items()}
            expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            assert hmac.compare_digest(expected, headers["x-acf-signature"])
            standard = Webhook(secret) if secret.startswith("whsec_") else Webhook(secret.encode())
            event = standard.verify(body, headers)
            assert event["event"] == headers["x-acf-event"]
            assert event["webhook_id"] == hook.json()["id"]
            assert event["payload"]["usage_id"] == called.headers["X-ACF-Usage-Id"]
            assert event["payload"]["amount_usd"] == 0.05
        # The receiver hears of a try before it is written down.
        for _ in range(200):
            deliveries = buyer.get(f"/webhooks/{hook.json()['id']}/deliveries").json()["deliveries"]
            if all(delivery["attempts"] for delivery in deliveries):
                break
            time.sleep(0.05)
        assert [delivery["attempts"][0]["status_code"] for delivery in deliveries] == [200, 200]


def resident_mib(souk):
    for line in open(f"/proc/{souk.process.pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024


def test_a_gibibyte_passes_in_constant_memory(souk, host):
    size = 1024 * 1024 * 1024
    chunk = b"x" * (1024 * 1024)

    def large(request):
        request.send_response(200)
        request.send_header("Content-Length", str(size))
        request.end_headers()
        for _ in range(size // len(chunk)):
            request.wfile.write(chunk)

    service = register(souk, host(large).url)
    before = resident_mib(souk)
    highest = before
    received = 0
    with buyer_with(souk, "1.00") as buyer, buyer.stream("GET", f"/proxy/{service}/large") as answer:
        for index, part in enumerate(answer.iter_raw(1024 * 1024)):
            received += len(part)
            if index % 64 == 0:
                highest = max(highest, resident_mib(souk))
    assert received == size
    assert highest - before < 64, f"{before} -> {highest} MiB"


def test_an_endless_stream_ends_upstream_when_the_buyer_leaves(souk, host):
    ended = threading.Event()

    def endless(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"9\r\ndata: 1\n\n\r\n")
                request.wfile.flush()
                time.sleep(0.05)
        except OSError:
            ended.set()
        request.close_connection = True

    service = register(souk, host(endless).url)
    with buyer_with(souk, "1.00") as buyer:
        with buyer.stream("GET", f"/proxy/{service}/events") as answer:
            lines = answer.iter_lines()
            assert [next(lines) for _ in range(3)][0] == "data: 1"
        assert ended.wait(10)
        assert buyer.get("/balance").json()["balance"] == "0.95"


def test_256_callers_share_the_money_for_a_hundred_calls(souk, host):
    provider = host()
    service = register(souk, provider.url)
    with buyer_with(souk, "5.00") as buyer:
        owner = buyer.get("/balance").json()["buyer_id"]
    # The key's own limit is lifted at the console, so that only the money counts.
    headers = {"Authorization": f"Bearer {souk.key('buyer', owner)}"}
    limits = httpx.Limits(max_connections=256, max_keepalive_connections=256)
    with httpx.Client(base_url=souk.market, headers=headers, limits=limits, timeout=60) as callers:
        with concurrent.futures.ThreadPoolExecutor(256) as pool:
            together = threading.Barrier(256)

            def call(_):
                together.wait()
                return callers.post(f"/proxy/{service}/x", content=b"x").status_code

            statuses = list(pool.map(call, range(256)))
        assert statuses.count(200) == 100
        assert statuses.count(402) == 156
        assert len(provider.requests) == 100
        balance = callers.get("/balance").json()
        assert (balance["balance"], balance["reserved"]) == ("0.00", "0.00")


def test_a_name_that_resolves_to_loopback_is_refused_when_it_is_called(souk, tmp_path):
    """Registered under a name that cannot be resolved then; `localhost` stands for a name that was rebound."""
    with souk.client(souk.key("provider", "seller")) as provider:
        for endpoint in ["http://localhost:1/", "http://127.1/", "http://0x7f.1/", "http://[::ffff:127.0.0.1]/", "http://[::1]/"]:
            answer = provider.post("/services", json={"name": "x", "endpoint": endpoint, "price_per_call": "0"})
            assert answer.status_code == 400, endpoint
            assert answer.json()["detail"] == "Endpoint cannot point to a private address"


def test_smuggled_and_malformed_requests_do_no_harm(souk):
    import socket

    attempts = [
        b"POST /market/api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /market/health HTTP/1.1\r\n\r\n",
        b"POST /market/api/v1/keys HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"GET /market/health HTTP/1.1\r\nHost: x\r\nX: a\nb: c\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /market/health HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    ]
    for attempt in attempts:
        with socket.create_connection(("127.0.0.1", souk.port), 5) as connection:
            connection.settimeout(2)
            try:
                connection.sendall(attempt)
                connection.recv(4096)
            except OSError:
                pass
    assert httpx.get(f"{souk.url}/market/health").status_code == 200


def test_ids_of_others_are_not_there(souk, host):
    service = register(souk, host().url)
    with buyer_with(souk, "1.00") as mine, buyer_with(souk, "1.00") as other:
        hook = mine.post("/webhooks", json={"url": "https://a.example/", "events": ["service.called"], "secret": "s"}).json()["id"]
        mine.post(f"/proxy/{service}/x")
        attempts = [
            other.delete(f"/webhooks/{hook}"),
            other.get(f"/webhooks/{hook}/deliveries"),
            other.post(f"/webhooks/{hook}/enable"),
            other.post(f"/webhooks/{hook}/replay", json={"from": "2026-01-01", "to": "2027-01-01"}),
            other.get(f"/deposits/{hook}"),
        ]
        assert {answer.status_code for answer in attempts} == {404}
        assert other.get("/usage").json()["count"] == 0
        assert other.patch(f"/services/{service}", json={"name": "mine"}).status_code == 403


def test_the_command_line_says_what_is_wrong(souk, tmp_path):
    taken = souk.command("serve", "--data-dir", str(tmp_path / "a"), check=False)
    assert taken.returncode == 1 and "is taken" in taken.stderr
    second = souk.command("serve", "--port", str(free_port()), check=False)
    assert second.returncode == 1 and f"another server (process {souk.process.pid}) serves the database" in second.stderr
    assert f"process {souk.process.pid} serves the database" in souk.command("doctor").stdout
    weak = souk.command("doctor", "--data-dir", str(tmp_path / "b"), "--secret-key", "c2hvcnQ=", check=False)
    assert weak.returncode == 1 and "secret_key is weak" in weak.stdout
    unknown = tmp_path / "souk.yaml"
    unknown.write_text("prot: 8080\n")
    refused = souk.command("serve", "--config", str(unknown), check=False)
    assert refused.returncode == 1 and "unknown key 'prot'" in refused.stderr
    for text, problem in (
        ("listen:\n  bazaar: 127.0.0.1:1\n", "there is no surface 'bazaar'"),
        ("listen:\n  market: 127.0.0.1:1\nmarket_listen: 127.0.0.1:2\n", "is set twice"),
        ("gateway:\n  tokens: x\n", "unknown key 'gateway.tokens'"),
        ("gateway:\n  port: 0\n  token: changeme\n", "gateway_token is 'changeme'"),
        ("country_header: a b\n", "country_header: 'a b' is not the name of a header"),
    ):
        unknown.write_text(text)
        refused = souk.command("doctor", "--config", str(unknown), check=False)
        assert refused.returncode == 1 and problem in refused.stdout, refused.stdout
    missing = souk.command("serve", "--x402-pay-to", "--sandbox", check=False)
    assert missing.returncode != 0 and "--x402-pay-to" in missing.stderr
    none = souk.command("routes", "--market-listen", "127.0.0.1:1", check=False)
    assert none.returncode != 0 and "--market-listen" in none.stderr
    wrong = souk.command("keys", "create", "--surface", "market", "--role", "agent", "--owner", "x", check=False)
    assert wrong.returncode != 0 and "--role must be one of buyer, provider, admin" in wrong.stderr
    locked = souk.command("serve", "--data-dir", "/proc/nowhere", check=False)
    assert locked.returncode == 1 and "data directory" in locked.stderr


def test_without_a_facilitator_x402_is_not_offered(souk, host):
    service = register(souk, host().url, payment_method="x402")
    with souk.client() as anybody:
        key = anybody.post("/keys", json={"owner_id": f"poor-{uuid.uuid4()}"}).json()
    with souk.client(f"{key['key_id']}:{key['secret']}") as poor:
        answer = poor.get(f"/proxy/{service}/x")
        assert answer.status_code == 402
        assert "PAYMENT-REQUIRED" not in answer.headers


def test_the_demo_tells_its_story(souk):
    told = souk.command("demo", check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "the ledger is balanced" in told.stdout


def test_seeding_fills_once_and_remembers(souk, tmp_path):
    first = souk.command("seed", "--json", "--data-dir", str(tmp_path))
    second = souk.command("seed", "--json", "--data-dir", str(tmp_path))
    assert json.loads(first.stdout) == json.loads(second.stdout)
    assert len(json.loads(first.stdout)["market"]["services"]) == 3
    assert os.stat(tmp_path / "demo-keys.json").st_mode & 0o777 == 0o600
