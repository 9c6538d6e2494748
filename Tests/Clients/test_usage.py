"""How callers learn to call a service, what it costs when they get it wrong, and how its provider sees why calls fail."""

import json
import os
import shutil
import subprocess
import sys
import time
import uuid

import pytest
import yaml
from browser import LOOKS, Browser
from conftest import wait_for

SCHEMA = {"type": "object", "properties": {"text": {"type": "string", "minLength": 1}}, "required": ["text"]}
USAGE = {
    "operations": [
        {"name": "summarise", "method": "POST", "path": "/summary", "summary": "Two sentences", "request_example": {"text": "It's a text."},
         "request_schema": SCHEMA, "response_example": {"summary": "It's a text."}},
        {"name": "find", "method": "GET", "path": "/items/{id}", "parameters": [
            {"name": "id", "in": "path", "example": "a b"}, {"name": "lang", "in": "query", "example": "en"}, {"name": "X-Tone", "in": "header", "example": "calm"}]},
    ],
    "notes": "400: text is missing.",
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Words", "version": "1"},
    "paths": {
        "/words/{language}": {
            "parameters": [{"name": "language", "in": "path", "required": True, "schema": {"type": "string", "enum": ["en", "ja"]}}],
            "post": {
                "operationId": "countWords",
                "summary": "Counts words",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Text"}}}},
                "responses": {"200": {"$ref": "#/components/responses/Count"}},
            },
            "get": {"responses": {"default": {"description": "The language"}}},
        }
    },
    "components": {
        "schemas": {
            "Text": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "example": "One two."}, "next": {"$ref": "#/components/schemas/Text"}}},
        },
        "responses": {"Count": {"description": "How many", "content": {"application/json": {"example": {"words": 2}, "schema": {"type": "object"}}}}},
    },
}


def picky(request):
    """Takes a text; what it is refused with holds a key that nobody should see."""
    if request.path.endswith("/broken"):
        return request.reply(500, {"error": "out of memory", "key": "sk-abcdefghijklmnopqrstuvwxyz"})
    if request.command == "GET":
        return request.reply(200, {"path": request.path, "tone": request.headers.get("X-Tone")})
    try:
        text = json.loads(request.body)["text"]
    except (ValueError, KeyError, TypeError):
        return request.reply(400, {"error": "text is missing"})
    return request.reply(200, {"summary": text})


class Place:
    def __init__(self, souk):
        self.souk = souk
        self.provider_key, self.buyer_key = (souk.key(role, f"{role}-{uuid.uuid4().hex[:8]}") for role in ("provider", "buyer"))
        self.provider, self.buyer = souk.client(self.provider_key), souk.client(self.buyer_key)
        buyer = self.buyer.get("/balance").json()["buyer_id"]
        credit = souk.client(souk.key("admin", "usage-admin")).post("/admin/credits", json={"buyer_id": buyer, "amount": "100", "reason": "to call"})
        assert credit.status_code == 201, credit.text

    def balance(self):
        return self.buyer.get("/balance").json()["balance"]

    def service(self, host, **fields):
        body = {"name": f"Words {uuid.uuid4().hex[:6]}", "endpoint": f"{host.url}/v1", "price_per_call": "0.50", **fields}
        made = self.provider.post("/services", json=body)
        assert made.status_code == 201, made.text
        return made.json()


@pytest.fixture(scope="module")
def place(souk):
    return Place(souk)


def test_a_listing_says_how_it_is_called(place, host):
    made = place.service(host(picky), usage=USAGE, charged_for="success")
    assert made["pricing"]["charged_for"] == "success" and made["usage"]["notes"] == "400: text is missing."
    shown = place.buyer.get(f"/services/{made['id']}").json()
    found = place.buyer.get("/discover", params={"q": made["name"]}).json()["services"][0]
    assert shown["usage"] == found["usage"] == made["usage"]
    first, second = shown["usage"]["operations"]
    assert (first["content_type"], first["url"]) == ("application/json", f"{shown['usage']['base_url']}/summary")
    assert second["url"].endswith("/items/a%20b?lang=en") and second["content_type"] == ""
    # An agent that does as it is told is served.
    called = place.buyer.request(first["method"], first["url"].replace("http://localhost", "http://127.0.0.1"), json=first["request_example"])
    assert (called.status_code, called.json(), called.headers["x-acf-amount"]) == (200, first["response_example"], "0.50")
    # Nothing that is left out is changed; null-like usage empties it.
    assert place.provider.patch(f"/services/{made['id']}", json={"description": "Other"}).json()["usage"] == made["usage"]
    assert place.provider.patch(f"/services/{made['id']}", json={"usage": {}}).json()["usage"] is None


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        ({"operations": [{"method": "TRACE"}]}, "usage.operations[0].method must be one of GET, POST, PUT, PATCH, DELETE"),
        ({"operations": [{"path": "x"}]}, "usage.operations[0].path must begin with /"),
        ({"operations": [{"path": "/../admin"}]}, "usage.operations[0].path must begin with /"),
        ({"operations": [{"request_example": {"text": 5}, "request_schema": SCHEMA}]}, "usage.operations[0].request_example.text must be of type string"),
        ({"operations": [{"nmae": "a"}]}, "usage.operations[0].nmae is not known"),
        ({"operations": [{"path": "/a"}, {"path": "/a"}]}, "usage.operations must have a name of its own"),
        ({"operations": [{"parameters": [{"name": "Authorization", "in": "header"}]}]}, "usage.operations[0].parameters[0].name must be a header"),
        ({"operations": [{"path": f"/{number}"} for number in range(51)]}, "usage.operations must have at most 50 items"),
        ({"notes": "n" * 5001}, "usage.notes too long (max 5000)"),
        ({"operations": [{"path": f"/{number}", "response_example": "a" * 4000} for number in range(20)]}, "usage must be at most 65536 bytes"),
    ],
)
def test_what_is_wrong_with_it_is_named(place, host, usage, told):
    refused = place.provider.post("/services", json={"name": "Wrong", "endpoint": "http://127.0.0.1:1/", "price_per_call": "0.01", "usage": usage})
    assert refused.status_code == 400 and told in refused.text, refused.text


def test_operations_come_from_an_openapi_document(place, host):
    server = host(lambda request: request.reply(200, DOCUMENT) if request.path == "/openapi.json" else request.reply(404, {}))
    ways = [{"openapi": DOCUMENT}, {"openapi": json.dumps(DOCUMENT)}, {"openapi": yaml.safe_dump(DOCUMENT)}, {"openapi_url": f"{server.url}/openapi.json"}]
    made = [place.service(server, **way)["usage"]["operations"] for way in ways]
    assert [[(o["name"], o["method"], o["path"]) for o in operations] for operations in made] == [
        [("GET /words/{language}", "GET", "/words/{language}"), ("countWords", "POST", "/words/{language}")]] * 4
    count = made[0][1]
    assert count["request_example"]["text"] == "One two." and count["response_example"] == {"words": 2}
    assert count["request_schema"]["properties"]["text"] == {"type": "string", "example": "One two."}
    assert count["parameters"][0]["example"] == "en" and count["url"].endswith("/words/en")
    wrong = {
        "must be an OpenAPI 3 document": {"openapi": {"swagger": "2.0"}},
        "has no operations": {"openapi": {"openapi": "3.0.0", "paths": {}}},
        "must be JSON or YAML": {"openapi": "{: ["},
        "answered 404 instead of a document": {"openapi_url": f"{server.url}/nothing"},
        "cannot be fetched": {"openapi_url": "http://127.0.0.1:1/openapi.json"},
        "must come alone": {"openapi": DOCUMENT, "openapi_url": "https://example.com/"},
        "is too large": {"openapi": "a: &a [" + "x, " * 500 + "]\nb: &b [" + "*a, " * 500 + "]\nc: [" + "*b, " * 500 + "]\n"},
    }
    for told, way in wrong.items():
        refused = place.provider.post("/services", json={"name": "Wrong", "endpoint": server.url, "price_per_call": "0.01", **way})
        assert refused.status_code == 400 and told in refused.text, (told, refused.text)
    # Nobody fetches what is inside.
    private = place.provider.post("/services", json={"name": "Inside", "endpoint": server.url, "price_per_call": "0.01", "openapi_url": "http://169.254.169.254/latest"})
    assert private.status_code == 400 and "cannot be fetched" in private.text


def test_a_refused_call_costs_nothing_where_the_service_says_so(place, host):
    kind, strict = (place.service(host(picky), charged_for=rule, payment_method="paypal") for rule in ("success", "below_500"))
    before = float(place.balance())
    free = place.buyer.post(f"/proxy/{kind['id']}/", json={})
    assert (free.status_code, free.headers["x-acf-amount"], free.headers["x-acf-charged-for"]) == (400, "0", "success"), free.text
    assert float(place.balance()) == before
    paid = place.buyer.post(f"/proxy/{strict['id']}/", json={})
    assert (paid.status_code, paid.headers["x-acf-amount"], paid.headers["x-acf-charged-for"]) == (400, "0.50", "below_500")
    assert round(before - float(place.balance()), 6) == 0.5
    records = place.buyer.get("/usage", params={"limit": 2}).json()["usage"]
    assert [(record["outcome"], float(record["amount"])) for record in records] == [("answered", 0.5), ("refused", 0)], records
    # A key that was used for a call that cost nothing may be used again.
    again = [place.buyer.post(f"/proxy/{kind['id']}/", json=body, headers={"Idempotency-Key": "once"}).status_code for body in ({}, {"text": "a"}, {"text": "a"})]
    assert again == [400, 200, 200]
    # Whoever cannot pay hears the rule, too.
    poor = place.souk.client(place.souk.key("buyer", f"poor-{uuid.uuid4().hex[:6]}"))
    assert poor.post(f"/proxy/{kind['id']}/", json={}).headers["x-acf-charged-for"] == "success"


def test_what_is_measured_is_shown(place, host):
    made = place.service(host(picky), charged_for="success")
    for body in [{"text": "a"}] * 8 + [{}] * 2:
        place.buyer.post(f"/proxy/{made['id']}/", json=body)
    wait_for(lambda: place.provider.get(f"/provider/services/{made['id']}/analytics").json()["total_calls"] == 10)
    facts = wait_for(lambda: (m := place.buyer.get(f"/services/{made['id']}").json()["measured"])["calls"] == 10 and m, 40)
    assert (facts["success_rate"], facts["error_rate"]) == (80, 0) and facts["last_called_at"]
    assert 0 <= facts["p50_latency_ms"] <= facts["p95_latency_ms"] and 0 <= facts["reputation"] <= 10
    assert place.souk.command("verify").returncode == 0


def test_a_provider_sees_why_calls_fail(place, host):
    server = host(picky)
    made = place.service(server)
    health = lambda: place.provider.get(f"/provider/services/{made['id']}/health").json()  # noqa: E731
    assert (health()["breaker"], health()["failures"], health()["minutes"]) == ({"state": "closed", "seconds_left": None}, [], [])
    place.buyer.post(f"/proxy/{made['id']}/", json={"text": "a"})
    place.buyer.post(f"/proxy/{made['id']}/?token=of-the-buyer", json={})
    # The key that a command has made is noticed within a second, and begins the breaker's count anew.
    time.sleep(1.5)
    for _ in range(5):
        assert place.buyer.post(f"/proxy/{made['id']}/broken", json={}).status_code == 500
    now = health()
    assert now["breaker"]["state"] == "open" and 0 < now["breaker"]["seconds_left"] <= 60
    assert [sum(minute[kind] for minute in now["minutes"]) for kind in ("answered", "refused", "failed")] == [1, 1, 5]
    assert [(call["status_code"], call["path"]) for call in now["failures"]] == [(500, "/broken")] * 5 + [(400, "/")]
    assert "out of memory" in now["failures"][0]["answer_head"] and "sk-abc" not in json.dumps(now) and "of-the-buyer" not in json.dumps(now)
    # A test is the provider's own: it is neither paid nor counted, and tells what came back.
    before = len(server.requests)
    test = place.provider.post(f"/provider/services/{made['id']}/test", json={"method": "POST", "path": "/summary", "body": "{\"text\": \"b\"}"}).json()
    assert (test["status_code"], json.loads(test["answer"])) == (200, {"summary": "b"}) and len(server.requests) == before + 1
    assert "Authorization" not in server.requests[-1][2] and len(health()["failures"]) == 6
    assert place.provider.post(f"/provider/services/{made['id']}/test", json={"path": "/../x"}).status_code == 400
    # A change of the service closes the breaker; nobody answers at the new address.
    assert place.provider.patch(f"/services/{made['id']}", json={"endpoint": "http://127.0.0.1:1/"}).status_code == 200
    assert place.buyer.post(f"/proxy/{made['id']}/", json={}).status_code == 502
    assert [health()["failures"][0][name] for name in ("status_code", "reason", "answer_head")] == [502, "unreachable", ""]
    stranger = place.souk.client(place.souk.key("provider", f"other-{uuid.uuid4().hex[:6]}"))
    assert stranger.get(f"/provider/services/{made['id']}/health").status_code == 403


def test_a_flood_of_failures_is_not_written_down(place, host):
    made = place.service(host(picky), charged_for="success", price_per_call="0")
    for _ in range(130):
        assert place.buyer.post(f"/proxy/{made['id']}/", json={}).status_code == 400
    assert 100 <= len(place.provider.get(f"/provider/services/{made['id']}/health").json()["failures"]) <= 100


def test_samples_run_as_they_stand(chromium, place, host, tmp_path):
    made = place.service(host(picky), usage=USAGE, charged_for="success")
    browser = Browser(chromium, place.souk.url)
    for operation, expected in (("summarise", "It's a text."), ("find", "calm")):
        browser.page.goto(f"/market/services/{made['id']}?operation={operation}")
        samples = [node.text_content() for node in browser.page.locator("section[aria-labelledby=call] > details").all()[:3]]
        environment = {**os.environ, "KEY": place.buyer_key}
        curl, python, script = (sample.strip().removeprefix(name) for sample, name in zip(samples, ("curl", "Python", "JavaScript")))
        local = lambda text: text.replace("http://localhost", "http://127.0.0.1")  # noqa: E731
        runs = [["bash", "-c", local(curl)], [sys.executable, "-c", local(python)]]
        if shutil.which("node"):
            runs.append(["node", "--input-type=module", "-e", local(script)])
        for run in runs:
            done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0 and expected in done.stdout, (run, done.stdout, done.stderr)
    assert not browser.errors


def test_the_page_checks_a_call_before_it_costs(chromium, place, host):
    server = host(picky)
    made = place.service(server, usage=USAGE)
    browser = Browser(chromium, place.souk.url)
    browser.sign_in(place.buyer_key)
    browser.page.goto(f"/market/services/{made['id']}")
    assert json.loads(browser.page.locator("#body").input_value()) == USAGE["operations"][0]["request_example"]
    assert (browser.page.locator("#path").input_value(), browser.page.locator("#method").input_value()) == ("/summary", "POST")
    before = place.balance()
    browser.page.locator("#body").fill('{"txt": "a"}')
    browser.page.locator("section[aria-labelledby=try] button").click()
    assert "text: is required" in browser.page.locator("main").inner_text() and not server.requests and place.balance() == before
    browser.page.locator("#body").fill('{"text": "a"}')
    browser.page.locator("section[aria-labelledby=try] button").click()
    assert "summary" in browser.page.locator("section[aria-labelledby=answer]").inner_text() and len(server.requests) == 1
    browser.page.locator("nav a", has_text="/items/{id}").click()
    assert browser.page.locator("#method").input_value() == "GET"


def test_a_provider_describes_calls_on_the_page(chromium, place, host):
    made = place.service(host(picky))
    browser = Browser(chromium, place.souk.url)
    browser.sign_in(place.provider_key)
    browser.page.goto(f"/market/provider/services/{made['id']}")
    browser.page.locator("summary", has_text="OpenAPI").click()
    browser.page.locator("#openapi_file").set_input_files({"name": "openapi.yaml", "mimeType": "application/yaml", "buffer": yaml.safe_dump(DOCUMENT).encode()})
    browser.page.get_by_role("button", name="Import").click()
    assert "countWords" in browser.page.content() or "/words/{language}" in browser.page.content()
    browser.page.locator("summary", has_text="Describe a call").click()
    for field, text in (("name", "shout"), ("path", "/shout"), ("request", "{nonsense")):
        browser.page.locator(f"#op_{field}").fill(text)
    browser.page.locator("form", has=browser.page.locator("#op_name")).get_by_role("button", name="Save").click()
    assert "must be JSON" in browser.page.locator("main").inner_text() and browser.page.locator("#op_path").input_value() == "/shout"
    browser.page.locator("#op_request").fill('{"text": "a"}')
    browser.page.locator("form", has=browser.page.locator("#op_name")).get_by_role("button", name="Save").click()
    operations = place.buyer.get(f"/services/{made['id']}").json()["usage"]["operations"]
    assert [operation["name"] for operation in operations] == ["GET /words/{language}", "countWords", "shout"]
    browser.errors.clear()
    browser.page.locator("form", has_text="/shout").get_by_role("button", name="Remove").click()
    browser.confirm()
    assert len(place.buyer.get(f"/services/{made['id']}").json()["usage"]["operations"]) == 2
    browser.page.locator("#test_path").fill("/summary")
    browser.page.locator("#test_method").select_option("POST")
    browser.page.locator("#test_body").fill('{"text": "Tested."}')
    browser.page.get_by_role("button", name="Test").click()
    assert "Tested." in browser.page.locator("section[aria-labelledby=test] pre").inner_text()
    browser.check("provider-service-usage")


@pytest.mark.parametrize("locale", LOOKS)
def test_pages_of_calls_in_every_language(chromium, place, host, locale):
    made = place.service(host(picky), usage=USAGE, charged_for="success")
    for _ in range(3):
        place.buyer.post(f"/proxy/{made['id']}/", json={})
    for window, theme in LOOKS[locale]:
        browser = Browser(chromium, place.souk.url, window=window, theme=theme, locale=locale)
        browser.sign_in(place.provider_key)
        browser.page.goto(f"/market/provider/services/{made['id']}")
        for details in browser.page.locator("details").all():
            details.evaluate("node => node.open = true")
        browser.check("provider-calls")
        browser.page.goto(f"/market/services/{made['id']}")
        browser.check("service-usage")
        browser.page.context.close()
