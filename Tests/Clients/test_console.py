"""The command line: what it lists and changes, and how it says what is wrong."""

import json
import os
import re
import subprocess
import time

import httpx
import yaml

from conftest import ROOT, SOUK, Souk


def key_id(authorization):
    return authorization.split(":")[0]


def test_keys_are_listed_and_revoked(tmp_path):
    souk = Souk(tmp_path).start()
    buyer, partner = souk.key("buyer", "bea"), souk.key("partner", "pat.example", surface="forum")
    developer = souk.key("developer", "dev", surface="commerce")
    agent = souk.key("operator.admin", "ann", surface="gateway")
    keys = json.loads(souk.command("keys", "list", "--json").stdout)["keys"]
    assert {"market", "forum", "commerce", "gateway"} <= {key["surface"] for key in keys}
    assert all("secret" not in key and buyer.split(":")[1] not in json.dumps(key) for key in keys)
    assert souk.client(buyer).get("/balance").status_code == 200
    revoked = souk.command("keys", "revoke", key_id(buyer))
    assert revoked.stdout.strip() == f"{key_id(buyer)} of bea works no more."
    time.sleep(1.5)
    assert souk.client(buyer).get("/balance").status_code == 401
    shown = json.loads(souk.command("keys", "list", "--owner", "bea", "--json").stdout)["keys"]
    assert shown[0]["revoked_at"]
    # What the other surfaces keep beside a key follows.
    for surface in ("commerce", "gateway"):
        key = next(key for key in keys if key["surface"] == surface and key["key_id"] != "gw:token")
        assert souk.command("keys", "revoke", "--json", key["key_id"]).returncode == 0
    time.sleep(1.5)

    assert httpx.get(f"{souk.url}/gateway/v1/agents", headers={"Authorization": f"Bearer {agent}"}).status_code == 401
    assert httpx.get(f"{souk.url}/commerce/v1/recommend", headers={"Authorization": f"Bearer {developer}"}, params={"intent": "tea"}).status_code == 401
    own = souk.command("keys", "revoke", "gw:token", check=False)
    assert own.returncode == 1 and "gateway_token" in own.stderr, "without it the gateway would not start"
    unknown = souk.command("keys", "revoke", "acf_none", check=False)
    assert (unknown.returncode, unknown.stderr) == (1, "souk: there is no key acf_none\n")
    wrong = souk.command("keys", "list", "--surface", "bank", check=False)
    assert wrong.returncode == 64 and "market, affiliate, commerce, gateway, forum" in wrong.stderr
    assert partner
    assert souk.stop() == 0


def test_accounts_are_suspended_and_the_audit_log_says_so(tmp_path):
    souk = Souk(tmp_path).start()
    buyer, admin = souk.key("buyer", "bea"), souk.key("admin", "ops")
    souk.command("accounts", "suspend", "bea", "--reason", "a test")
    time.sleep(1.5)
    refused = souk.client(buyer).get("/balance")
    assert (refused.status_code, refused.json()["detail"]) == (403, "This account is suspended; ask the operator")
    listed = json.loads(souk.command("accounts", "list", "--suspended", "--json").stdout)["accounts"]
    assert [(one["owner_id"], one["suspended_reason"]) for one in listed] == [("bea", "a test")]
    operator = souk.client(admin)
    assert operator.post("/admin/accounts/bea/reinstate").json()["account"]["state"] == "active"
    assert souk.client(buyer).get("/balance").status_code == 200
    # At once, by the API: no second passes.
    suspended = operator.post("/admin/accounts/bea/suspend", json={"reason": "again"})
    assert suspended.json()["account"]["state"] == "suspended"
    assert souk.client(buyer).get("/balance").status_code == 403
    assert operator.post("/admin/accounts/ops/suspend", json={"reason": "me"}).status_code == 409
    assert operator.post("/admin/accounts/nobody/suspend", json={"reason": "x"}).status_code == 404
    assert operator.post("/admin/accounts/bea/suspend", json={"reason": " "}).status_code in (400, 422)
    entries = json.loads(souk.command("audit", "--subject", "bea", "--json").stdout)["entries"]
    assert [entry["action"] for entry in entries] == ["account.suspended", "account.reinstated", "account.suspended"]
    assert entries[0]["request_id"] == suspended.headers["x-request-id"] and entries[2]["actor"] == "console"
    asked = operator.get("/admin/audit", params={"action": "account.", "limit": 2}).json()
    assert asked["count"] == 2 and asked["next_cursor"]
    rest = operator.get("/admin/audit", params={"action": "account.", "cursor": asked["next_cursor"]}).json()
    assert [entry["detail"] for entry in rest["entries"]] == ["a test"]
    assert souk.client(buyer).get("/admin/audit").status_code == 403
    # A name that no path carries is reached by its id, and nothing that a line of a log should not have gets in.
    assert httpx.post(f"{souk.market}/keys", json={"owner_id": "a/b", "role": "buyer"}).status_code == 201
    slashed = next(one for one in operator.get("/admin/accounts").json()["accounts"] if one["owner_id"] == "a/b")
    assert operator.get(f"/admin/accounts/{slashed['account_id']}").json()["account"]["owner_id"] == "a/b"
    forged = operator.post(f"/admin/accounts/{slashed['account_id']}/suspend", json={"reason": "x\n2026 key.created\u001b[2K"})
    assert forged.status_code in (400, 422), forged.text
    assert operator.get("/admin/accounts", params={"surface": "bank"}).status_code in (400, 422)
    assert souk.command("keys", "create", "--surface", "market", "--role", "buyer", "--owner", "e\x1bx", check=False).returncode == 64
    assert "is suspended" in souk.command("keys", "create", "--surface", "market", "--role", "buyer", "--owner", "bea", check=False).stderr
    limited = operator.patch(f"/admin/keys/{key_id(buyer)}", json={"rate_limit": 7})
    assert limited.json()["rate_limit"] == 7
    assert operator.delete(f"/admin/keys/{key_id(buyer)}").json()["revoked_at"]
    assert souk.stop() == 0


def test_a_service_is_paused_by_the_operator(tmp_path, host):
    souk = Souk(tmp_path).start()
    provider, admin = souk.client(souk.key("provider", "pam")), souk.client(souk.key("admin", "ops"))
    service = provider.post("/services", json={"name": "Quarrel", "endpoint": host().url, "price_per_call": "0"}).json()["id"]
    paused = admin.post(f"/admin/services/{service}/pause", json={"reason": "complaints"})
    assert (paused.json()["status"], paused.json()["paused_reason"]) == ("paused", "complaints")
    assert provider.post(f"/proxy/{service}/", json={}).status_code in (403, 404, 409, 410)
    refused = provider.patch(f"/services/{service}", json={"status": "active"})
    assert (refused.status_code, refused.json()["detail"]) == (403, "The operator has paused this service: complaints")
    assert provider.patch(f"/services/{service}", json={"description": "Calmer"}).status_code == 200
    assert provider.get("/provider/services").json()["services"][0]["paused_reason"] == "complaints"
    assert admin.post(f"/admin/services/{service}/resume").json()["status"] == "active"
    assert provider.post(f"/proxy/{service}/", json={}).status_code == 200
    found = admin.get("/admin/services", params={"q": "QUARR"}).json()["services"]
    assert [one["service_id"] for one in found] == [service]
    # One that its provider has paused stays so, whoever paused it first.
    provider.patch(f"/services/{service}", json={"status": "paused"})
    assert admin.post(f"/admin/services/{service}/resume").json()["status"] == "paused"
    admin.post(f"/admin/services/{service}/pause", json={"reason": "again"})
    assert admin.post(f"/admin/services/{service}/resume").json()["status"] == "paused"
    provider.patch(f"/services/{service}", json={"status": "active"})
    admin.post(f"/admin/services/{service}/pause", json={"reason": "again"})
    provider.patch(f"/services/{service}", json={"status": "paused"})
    assert admin.post(f"/admin/services/{service}/resume").json()["status"] == "paused"
    assert souk.stop() == 0


def test_settings_are_listed_once_and_explain_themselves(tmp_path):
    souk = Souk(tmp_path, SOUK_METRICS_KEY="a-key-that-nobody-may-read-here")
    told = souk.command("serve", "--print-config", "--log-level", "debug").stdout
    values = yaml.safe_load(told)
    assert values["log_level"] == "debug" and values["data_dir"] == str(tmp_path) and values["metrics_key"] == "(set)"
    for address in ("postgres://u:hush-hush@h/x", "postgres://u@h/x?password=hush-hush"):
        assert "hush-hush" not in Souk(tmp_path, address).command("serve", "--print-config").stdout
    assert "nobody-may-read" not in told and "# from the command line" in told and "# from the environment" in told
    assert not os.listdir(tmp_path), "printing makes nothing"
    example = open(os.path.join(ROOT, "souk.example.yaml")).read()
    assert example.strip() == souk.command("serve", "--print-example").stdout.strip(), "run: souk serve --print-example > souk.example.yaml"
    names = re.findall(r"^#([a-z0-9_]+):", example, re.MULTILINE)
    assert len(names) == len(set(names)) > 50
    guide = open(os.path.join(ROOT, "docs/operators.md")).read()
    assert not [name for name in names if f"`{name}`" not in guide], "each setting stands in the operator's guide"
    assert "--public-url" not in souk.command("keys", "create", "--help").stdout
    assert "--public-url" in souk.command("serve", "--help").stdout
    # Uncommented, it is a file that the server reads.
    file = tmp_path / "souk.yaml"
    file.write_text(re.sub(r"^#log_level:", "log_level: notice", example, flags=re.MULTILINE))
    del souk.environment["SOUK_LOG_LEVEL"]
    assert yaml.safe_load(souk.command("serve", "--print-config", "--config", str(file)).stdout)["log_level"] == "notice"


def test_what_is_wrong_is_said_in_one_line(tmp_path):
    for setting, told in {
        "SOUK_DATABASE=mysql://a/b": "database: 'mysql://' is no database that souk can use",
        "SOUK_PUBLIC_URL=foo": "public_url: 'foo' is no address",
        "SOUK_HOST=192.0.2.1": "cannot listen on 192.0.2.1:",
        "SOUK_PORT=99999": "port: '99999' is not a number",
        "SOUK_TRUSTED_PROXIES=300.0.0.0/8": "trusted_proxies: '300.0.0.0/8' is no network",
        "SOUK_CORS_ORIGINS=shop.example": "cors_origins: 'shop.example' is no origin",
        "SOUK_OUTBOUND_ALLOW=http://10.0.0.5:11434": "outbound_allow: 'http://10.0.0.5:11434' is no host",
        "SOUK_OUTBOUND_ALLOW=::1,10.0.0.5:11434": "outbound_allow: '10.0.0.5:11434' is no host",
        "SOUK_PUBLIC_URL=https://u:p@x.example": "public_url: 'https://u:p@x.example' is no address",
        "SOUK_SECRET_KEY=short": "secret_key is weak",
        "SOUK_MARKET_LISTEN=127.0.0.1:{port}": "market_listen: port already names port {port}",
        "SOUK_METRICS_LISTEN=0.0.0.0:{port}": "metrics_listen: port already names port {port}",
        "SOUK_NONE=1": "unknown environment variable SOUK_NONE",
        "SOUK_LOG_LEVEL=loud": "log_level: 'loud' is not a level",
        "SOUK_DATABASE=postgres://nobody@127.0.0.1:1/none": "cannot reach the database server",
    }.items():
        name, value = setting.split("=")
        souk = Souk(tmp_path / name)
        souk.environment[name] = value.format(port=souk.port)
        answer = souk.command("serve", check=False)
        assert answer.returncode == 1 and answer.stderr.startswith(f"souk: {told.format(port=souk.port)}"), answer.stderr
        assert answer.stderr.strip().count("\n") <= 1, answer.stderr
        assert not (tmp_path / name / "souk.sqlite").exists(), "nothing was begun"


def test_only_what_makes_keys_and_demo_data_makes_a_database(tmp_path):
    commands = [
        ["archive", "list"], ["search", "list"], ["search", "explain", "market", "x"], ["accounts", "recover", "--surface", "market", "ada"], ["accounts", "list"],
        ["commerce", "invites", "create"], ["gateway", "tenants", "create", "acme"], ["gateway", "tenants", "list"], ["audit"], ["verify"], ["keys", "list"],
        ["keys", "revoke", "x"],
    ]
    for number, command in enumerate(commands):
        souk = Souk(tmp_path / str(number))
        for file in (None, b""):
            if file is not None:
                (tmp_path / str(number) / "souk.sqlite").write_bytes(file)
            told = souk.command(*command, check=False)
            assert told.returncode == 1 and "no database here" in told.stderr, (command, told)
            assert [(name, os.path.getsize(tmp_path / str(number) / name)) for name in os.listdir(tmp_path / str(number))] == ([] if file is None else [("souk.sqlite", 0)])
    souk = Souk(tmp_path / "made")
    assert souk.command("keys", "create", "--surface", "market", "--role", "admin", "--owner", "ops").returncode == 0
    assert souk.command("audit", "--action", "key", "--json").stdout.count('"key.created"') == 1
    assert souk.command("audit", "--action", "key.c", "--json").stdout.count('"key.created"') == 1
    assert souk.command("audit", "--action", "ey.created", "--json").stdout.count('"key.created"') == 0


def test_the_doctor_names_what_is_wrong(tmp_path):
    souk = Souk(tmp_path, SOUK_PUBLIC_URL="https://souk.example.com", SOUK_X402_FACILITATOR="http://127.0.0.1:1",
                SOUK_X402_NETWORK="base-sepolia", SOUK_X402_ASSET="0x2222222222222222222222222222222222222222",
                SOUK_X402_PAY_TO="0x1111111111111111111111111111111111111111").start()
    assert souk.stop() == 0
    answer = souk.command("doctor", "--json", check=False)
    assert answer.returncode == 1
    checks = {finding["check"]: finding for finding in json.loads(answer.stdout)}
    assert not checks["proxy"]["ok"] and "trusted_proxies" in checks["proxy"]["detail"]
    assert not checks["rail x402"]["ok"] and "x402_facilitator" in checks["rail x402"]["detail"]
    assert checks["ledger"]["ok"] and checks["clock"]["ok"] and checks["disk"]["ok"]


def test_the_first_start_says_what_to_do_next(tmp_path):
    souk = Souk(tmp_path)
    for first in (True, False):
        server = subprocess.Popen([SOUK, "serve"], env=souk.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(600):
            try:
                httpx.get(f"{souk.url}/health")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        server.terminate()
        told, _ = server.communicate(timeout=60)
        assert ("souk keys create --surface market --role admin --owner ops" in told) == first, told
        assert ("/market/sign-in" in told) == first
