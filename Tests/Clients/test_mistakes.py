"""What somebody hears who makes one of the usual mistakes: the status, and enough to mend it without the documents."""

import httpx
import pytest

SERVICE = {"name": "x", "endpoint": "https://example.com", "price_per_call": "1"}
HOOK = {"url": "https://example.com/h", "events": ["service.called"], "secret": "a secret of more than 24 bytes"}

# Who asks, the method, the path, what is sent, the status, and what the answer has to name.
MISTAKES = {
    "no key": (None, "GET", "/balance", {}, 401, "API key required", "key_id:secret"),
    "half a key": ("abc", "GET", "/balance", {}, 401, "key_id:secret"),
    "another header": (None, "GET", "/balance", {"headers": {"X-API-Key": "a:b"}}, 401, "Bearer", "key_id:secret"),
    "another scheme": (None, "GET", "/balance", {"headers": {"Authorization": "Basic YTpi"}}, 401, "key_id:secret"),
    "a wrong secret": ("acf_0123456789abcdef:sec_x", "GET", "/balance", {}, 401, "Invalid API key"),
    "the wrong role": ("buyer", "POST", "/services", {"json": SERVICE}, 403, "Provider"),
    "no body": ("provider", "POST", "/services", {}, 422, "name", "endpoint", "price_per_call"),
    "broken JSON": ("provider", "POST", "/services", {"content": "{name: x"}, 400, "JSON"),
    "a form for JSON": ("buyer", "POST", "/deposits", {"data": {"amount": "1"}}, 400, "JSON"),
    "a list for an object": ("buyer", "POST", "/deposits", {"json": [1]}, 422, "object"),
    "a field missing": ("provider", "POST", "/services", {"json": {"name": "x"}}, 422, "endpoint", "price_per_call"),
    "a number for a price": ("provider", "POST", "/services", {"json": {**SERVICE, "price_per_call": 0.1}}, 422, "price_per_call", "string"),
    "too many decimals": ("provider", "POST", "/services", {"json": {**SERVICE, "price_per_call": "0.0000001"}}, 400, "6 decimal places"),
    "a word for a price": ("provider", "POST", "/services", {"json": {**SERVICE, "price_per_call": "cheap"}}, 400, "decimal number"),
    "a price below zero": ("provider", "POST", "/services", {"json": {**SERVICE, "price_per_call": "-1"}}, 400, "negative"),
    "no scheme": ("provider", "POST", "/services", {"json": {**SERVICE, "endpoint": "example.com"}}, 400, "valid URL"),
    "a private address": ("provider", "POST", "/services", {"json": {**SERVICE, "endpoint": "http://10.0.0.1/"}}, 400, "private address"),
    "an unknown rail": ("buyer", "POST", "/deposits", {"json": {"amount": "5", "payment_method": "stripe"}}, 400, "x402, paypal, nowpayments"),
    "a rail that is not offered": ("buyer", "POST", "/deposits", {"json": {"amount": "5", "payment_method": "paypal"}}, 409, "paypal", "not offered"),
    "an unknown event": ("buyer", "POST", "/webhooks", {"json": {**HOOK, "events": ["order.made"]}}, 400, "service.called", "settlement.completed"),
    "an unknown role": (None, "POST", "/keys", {"json": {"role": "superuser", "owner_id": "z"}}, 400, "buyer, provider, admin"),
    "too high a limit": (None, "POST", "/keys", {"json": {"role": "buyer", "owner_id": "z", "rate_limit": 100_000}}, 400, "1 and 300"),
    "the wrong method": ("buyer", "PUT", "/balance", {}, 405, "GET, HEAD, OPTIONS"),
    "a path that there is not": ("buyer", "GET", "/balances", {}, 404, "Not found"),
    "an id that there is not": ("buyer", "GET", "/services/not-an-id", {}, 404, "Service not found"),
    "too long a page": ("buyer", "GET", "/services?limit=1000", {}, 422, "limit", "1 and 100"),
    "a cursor made by hand": ("buyer", "GET", "/usage?cursor=abc", {}, 400, "cursor"),
    "a word for a time": ("buyer", "GET", "/usage?from=yesterday", {}, 400, "from", "ISO 8601"),
    "a field that there is not": ("provider", "POST", "/services", {"json": {**SERVICE, "price": "1"}}, 201, "price"),
    "a misspelt query": ("buyer", "GET", "/services?limmit=3", {}, 200, "limmit"),
}


@pytest.fixture(scope="module")
def callers(souk):
    return {role: souk.key(role, f"mistaken-{role}") for role in ("buyer", "provider")}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(souk, callers, name):
    caller, method, path, sent, status, *told = MISTAKES[name]
    key = callers.get(caller, caller)
    headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **sent.get("headers", {})}
    answer = httpx.request(method, souk.market + path, **{**sent, "headers": headers})
    assert answer.status_code == status, answer.text
    heads = [answer.headers.get(head, "") for head in ("www-authenticate", "allow", "souk-warning")]
    said = " ".join([answer.text, *heads])
    for word in told:
        assert word in said, said
    assert answer.headers["x-request-id"] and (status < 400 or answer.headers["x-souk-problem"])


def test_names_are_trimmed(souk, callers):
    agent = httpx.post(f"{souk.market}/agents", headers={"Authorization": f"Bearer {callers['buyer']}"}, json={"display_name": "  Ann "}).json()
    assert agent["display_name"] == "Ann"
    service = httpx.post(f"{souk.market}/services", headers={"Authorization": f"Bearer {callers['provider']}"}, json={**SERVICE, "name": " Weather  "}).json()
    assert service["name"] == "Weather"
