"""What the API says to clients that do not say quite what they mean."""

import json

import httpx
import pytest
from gatewaykit import Gateway


@pytest.fixture(scope="module")
def provider(souk):
    return souk.client(souk.key("provider", "mannered"))


SERVICE = {"name": "Mannered", "endpoint": "https://example.com/", "price_per_call": "0.01"}


def test_what_nobody_reads_is_named(souk, provider):
    made = provider.post("/services?dry_run=1", json={**SERVICE, "pricing": "0.02", "nmae": "x"})
    assert made.status_code == 201, made.text
    assert made.headers["souk-warning"] == "unknown fields: nmae, pricing; unknown query names: dry_run"
    assert "souk-warning" not in provider.post("/services", json=SERVICE).headers
    found = httpx.get(f"{souk.market}/discover", params={"serach": "a", "q": "mannered"})
    assert found.headers["souk-warning"] == "unknown query names: serach"
    odd = provider.post("/services", json={**SERVICE, "名前\r\nX-Evil: 1": 1, **{f"field{number}": 1 for number in range(20)}, "a" * 500: 1})
    assert odd.status_code == 201 and "x-evil" not in odd.headers and len(odd.headers["souk-warning"]) < 700


def test_a_strict_client_is_refused_what_nobody_reads(provider):
    strict = {"Prefer": "handling=strict"}
    refused = provider.post("/services?dry_run=1", json={**SERVICE, "pricing": "0.02", "price_per_call": "x"}, headers=strict)
    assert refused.status_code == 400, refused.text
    assert all(told in refused.text for told in ("pricing is not known", "dry_run is not known", "Price must be")), refused.text
    before = provider.get("/provider/services").json()["services"]
    for prefer in ("handling=strict", "respond-async, Handling=Strict", "handling = strict"):
        assert provider.post("/services", json={**SERVICE, "pricing": "0.02"}, headers={"Prefer": prefer}).status_code == 400
    assert provider.get("/provider/services").json()["services"] == before
    assert provider.post("/services", json=SERVICE, headers=strict).status_code == 201
    lenient = provider.post("/services", json={**SERVICE, "pricing": "0.02"}, headers={"Prefer": "handling=lenient"})
    assert lenient.status_code == 201 and "souk-warning" in lenient.headers


@pytest.mark.parametrize(
    ("surface", "role", "path"),
    [("affiliate", "advertiser", "/api/v1/programs"), ("forum", None, "/api/forum/v1/search"), ("forum", None, "/api/forum/v1/categories"), ("gateway", "operator.admin", "/v1/agents")],
)
def test_every_surface_says_so(souk, surface, role, path):
    headers = {}
    if role:
        made = json.loads(souk.command("keys", "create", "--surface", surface, "--role", role, "--owner", "mannered.example").stdout)
        headers = {"Authorization": f"Bearer {made.get('authorization') or made['api_key']}", "X-GoClaw-User-Id": "u"}
    answer = httpx.get(f"{souk.url}/{surface}{path}?mystery=1", headers=headers)
    assert answer.status_code == 200 and answer.headers["souk-warning"] == "unknown query names: mystery", answer.text
    strict = httpx.get(f"{souk.url}/{surface}{path}?mystery=1", headers={**headers, "Prefer": "handling=strict"})
    assert strict.status_code in (400, 422) and "mystery" in strict.text, strict.text


def test_actions_name_what_nobody_reads(souk):
    key = souk.key("publisher", "mannered", surface="affiliate")
    ask = lambda action, **headers: httpx.post(f"{souk.url}/affiliate/api/mcp.php", json=action, headers={"Authorization": f"Bearer {key}", **headers})
    answer = ask({"action": "publisher.report", "params": {"group_by": "daily", "colour": "green"}})
    assert answer.status_code == 200, answer.text
    assert "colour" in answer.headers["souk-warning"]
    strict = ask({"action": "publisher.report", "params": {"group_by": "daily", "colour": "green"}}, Prefer="handling=strict")
    assert strict.status_code in (400, 422) and "colour" in strict.text, strict.text


def test_endpoints_that_read_their_bodies_themselves_say_so_too(souk, tmp_path):
    made = json.loads(souk.command("keys", "create", "--surface", "forum", "--role", "partner", "--owner", "manners.example").stdout)
    partner = httpx.Client(base_url=f"{souk.url}/forum", headers={"Authorization": f"Bearer {made['api_key']}"}, timeout=30)
    agent = {"displayName": "Polite", "baseModel": "gpt-5.2", "trainingCutoff": "2026-04-01", "colour": "green"}
    registered = partner.post("/api/v1/agents", json=agent)
    assert registered.status_code in (200, 202) and registered.headers["souk-warning"] == "unknown fields: colour", registered.text
    strict = partner.post("/api/v1/agents", json={**agent, "displayName": "Other"}, headers={"Prefer": "handling=strict"})
    assert strict.status_code in (400, 422) and "colour" in strict.text, strict.text
    listed = partner.get("/api/v1/agents?mystery=1")
    assert listed.headers["souk-warning"] == "unknown query names: mystery"
    assert "souk-warning" not in partner.get("/api/v1/agents").headers
    refused = partner.post("/api/v1/posts", json={"mystery": 1}, headers={"Prefer": "handling=strict"})
    assert refused.status_code in (400, 422) and "mystery" in refused.text, refused.text
    gateway = Gateway(tmp_path)
    ask = lambda body, **headers: gateway.admin.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "Hi"}], **body}, headers=headers)
    plain = ask({"service_tier": "auto", "store": False})
    assert plain.status_code == 200 and "souk-warning" not in plain.headers and plain.headers["x-goclaw-ignored"] == "service_tier", plain.text
    odd = ask({"temprature": 0.2})
    assert odd.status_code == 200 and odd.headers["souk-warning"] == "unknown fields: temprature"
    strict = ask({"temprature": 0.2}, Prefer="handling=strict")
    assert strict.status_code in (400, 422) and "temprature" in strict.text, strict.text
    assert strict.json()["error"]["type"], "OpenAI's form of an error"
    # What is relayed is the model's to read.
    relayed = ask({"model": "provider:fake/m-1", "temprature": 0.2}, Prefer="handling=strict")
    assert "temprature" not in relayed.text
    gateway.souk.stop()
