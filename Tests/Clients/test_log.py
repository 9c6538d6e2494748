"""What the log says has happened."""

import json
import re

import httpx

from conftest import Host, Souk, wait_for


def lines(souk):
    with open(souk.log) as log:
        return [json.loads(line) for line in log if line.strip()]


def said(souk, message):
    return next((line for line in lines(souk) if message in line["message"]), None)


def test_the_log_says_what_happened(tmp_path):
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="info").start()
    fails = {"now": True}
    host = Host(lambda request: request.reply(500 if fails["now"] else 200, {}))
    gone = Host(lambda request: request.reply(410, {}))
    provider = souk.client(souk.key("provider", "logged"))
    service = provider.post("/services", json={"name": "Logged", "endpoint": host.url, "price_per_call": "0"}).json()["id"]
    webhook = provider.post("/webhooks", json={"url": f"{gone.url}/hook", "events": ["service.called"], "secret": "a secret of more than 24 bytes"}).json()
    assert "id" in webhook, webhook
    # What a command has written beside the server begins the count anew, once.
    statuses = [provider.post(f"/proxy/{service}/", json={}).status_code for _ in range(12)]
    assert set(statuses) == {500, 503}, statuses
    opened = wait_for(lambda: said(souk, "its circuit is open"))
    assert (opened["level"], opened["service"]) == ("warning", service)
    # A change of the service lets calls go again; a success after a failure that had not opened the circuit says nothing.
    assert provider.patch(f"/services/{service}", json={"description": "Mended"}).status_code == 200
    fails["now"] = False
    assert provider.post(f"/proxy/{service}/", json={}).status_code == 200
    disabled = wait_for(lambda: said(souk, "a webhook is disabled"))
    assert (disabled["webhook"], disabled["surface"]) == (webhook["id"], "market") and "410" in disabled["reason"]
    assert souk.stop() == 0
    told = [line["message"] for line in lines(souk)]
    assert told.index("database migrated") < told.index("souk ready") < told.index("souk is stopping") < told.index("souk stopped")
    assert not [line for line in lines(souk) if "CancellationError" in json.dumps(line)]


def test_what_changes_rights_or_money_is_in_the_log_with_its_ids(tmp_path):
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="info").start()
    admin = souk.client(souk.key("admin", "ops"))
    souk.key("buyer", "bea")
    credit = admin.post("/admin/credits", json={"buyer_id": "bea", "amount": "5", "reason": "a birthday of somebody"})
    assert credit.status_code in (200, 201), credit.text
    line = wait_for(lambda: next((line for line in lines(souk) if line.get("action") == "balance.credited"), None))
    assert (line["level"], line["message"]) == ("info", "recorded in the audit log")
    assert line["request_id"] == credit.headers["x-request-id"] and line["actor"] and line["subject"]
    assert "birthday" not in open(souk.log).read(), "what people write stays in the database"
    for _ in range(3):
        refused = httpx.post(f"{souk.url}/market/sign-in", data={"key": "acf_0123456789abcdef:sec_wrong-and-secret"})
        assert refused.status_code in (401, 429), refused.status_code
    line = wait_for(lambda: said(souk, "a key or password was refused"))
    assert (line["surface"], line["address"], line["level"]) == ("market", "127.0.0.1", "warning")
    assert "wrong-and-secret" not in open(souk.log).read()
    assert souk.stop() == 0


def test_the_access_log_has_a_line_for_each_request_and_no_query(tmp_path):
    for kind in ("json", "combined"):
        file = tmp_path / f"access-{kind}.log"
        souk = Souk(tmp_path / kind, SOUK_ACCESS_LOG=kind, SOUK_ACCESS_LOG_FILE=str(file)).start()
        asked = {"User-Agent": 'an "agent"\ttoo', "Referer": "https://a.example/page?token=secret"}
        answer = httpx.get(f"{souk.url}/market/api/v1/discover?q=secret", headers=asked)
        httpx.get(f"{souk.url}/nowhere")
        assert souk.stop() == 0
        text = file.read_text()
        assert "secret" not in text
        told = [line for line in text.splitlines() if "/market/api/v1/discover" in line]
        assert len(told) == 1
        if kind == "json":
            line = json.loads(told[0])
            assert (line["method"], line["status"], line["client"], line["surface"]) == ("GET", answer.status_code, "127.0.0.1", "market")
            assert line["route"] == "/market/api/v1/discover" and line["request_id"] == answer.headers["x-request-id"]
            assert line["referrer"] == "https://a.example/page" and line["bytes"] == len(answer.content) and line["duration_ms"] > 0
        else:
            pattern = r'127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET /market/api/v1/discover HTTP/1\.1" 200 \d+ "https://a\.example/page" "an \\x22agent\\x22\\x09too"'
            assert re.fullmatch(pattern, told[0]), told[0]
        assert any('nowhere' in line and "404" in line for line in text.splitlines())
    wrong = Souk(tmp_path / "x", SOUK_ACCESS_LOG="apache").command("serve", check=False)
    assert wrong.returncode == 1 and wrong.stderr == "souk: access_log: 'apache' is none of off, json, combined\n"
    wrong = Souk(tmp_path / "y", SOUK_ACCESS_LOG="json", SOUK_ACCESS_LOG_FILE=str(tmp_path / "none" / "log")).command("serve", check=False)
    assert wrong.returncode == 1 and wrong.stderr.startswith("souk: access_log_file: cannot write")
