"""What agents and generators of clients read: the OpenAPI documents, the reference, llms.txt, and the documents as pages."""

import gzip
import importlib
import json
import os
import re
import subprocess
import sys

import httpx
import pytest
from browser import Browser
from conftest import ROOT

SURFACES = ["market", "affiliate", "forum", "commerce", "gateway"]
VENV = os.path.dirname(sys.executable)


def document(souk, surface):
    query = "?openapi=3.1" if surface == "commerce" else ""
    return httpx.get(f"{souk.url}/{surface}/openapi.json{query}").json()


def operations(described):
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


@pytest.mark.parametrize("surface", SURFACES)
def test_operations_have_names_words_and_examples(souk, surface):
    described = document(souk, surface)
    names = [operation["operationId"] for _, operation in operations(described)]
    assert len(names) == len(set(names)) and all(re.fullmatch(r"[a-z][A-Za-z0-9]{2,31}", name) for name in names), names
    tags = [tag["name"] for tag in described["tags"]]
    assert all(tag.get("description") for tag in described["tags"]), described["tags"]
    assert "## Keys" in described["info"]["description"] and "## Errors" in described["info"]["description"]
    schemas = described["components"]["schemas"]
    for name, operation in operations(described):
        assert operation["description"] and operation["summary"], name
        assert operation["tags"][0] in tags, name
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body and body["schema"] and "oneOf" not in body["schema"] and body["schema"].get("format") != "binary":
            assert "example" in body, name
    used = set(re.findall(r"#/components/schemas/([A-Za-z0-9_]+)", json.dumps(described)))
    assert used <= set(schemas), used - set(schemas)
    assert "x-component" not in json.dumps(described)


@pytest.mark.parametrize("surface", SURFACES)
def test_a_document_is_tagged_and_compressed(souk, surface):
    url = f"{souk.url}/{surface}/openapi.json"
    with httpx.Client() as client:
        plain = client.get(url, headers={"Accept-Encoding": "identity"})
        packed = client.send(client.build_request("GET", url, headers={"Accept-Encoding": "gzip"}), stream=True)
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip" and gzip.decompress(raw) == plain.content and len(raw) < len(plain.content) / 3
    assert plain.headers["etag"] != packed.headers["etag"] and "Accept-Encoding" in plain.headers["vary"]
    again = httpx.get(url, headers={"If-None-Match": packed.headers["etag"], "Accept-Encoding": "gzip"})
    assert again.status_code == 304 and not again.content
    assert "content-encoding" not in httpx.get(url, headers={"Accept-Encoding": "gzip;q=0"}).headers


@pytest.fixture(scope="module")
def clients(souk, tmp_path_factory):
    """Clients that openapi-python-client makes of both documents. It may leave out nothing but pictures."""
    folder = tmp_path_factory.mktemp("clients")
    for surface in ("market", "affiliate"):
        path = folder / f"{surface}.json"
        path.write_text(json.dumps(document(souk, surface)))
        made = subprocess.run(
            [os.path.join(VENV, "openapi-python-client"), "generate", "--path", str(path), "--output-path", str(folder / surface), "--meta", "none"],
            capture_output=True, text=True, env={**os.environ, "PATH": f"{VENV}:{os.environ['PATH']}"},
        )
        assert made.returncode == 0, made.stdout + made.stderr
        warnings = [line for line in made.stdout.splitlines() if line.startswith("WARNING")]
        assert all("/pixel" in line for line in warnings), made.stdout
    # The generator types no picture; the operation is there all the same.
    assert (folder / "affiliate/api/conversions/report_order_by_pixel.py").exists()
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def call(surface, tag, name, client, **arguments):
    module = importlib.import_module(f"{surface}.api.{tag}.{name}")
    return module.sync_detailed(client=client, **arguments)


def model(surface, name):
    return getattr(importlib.import_module(f"{surface}.models"), name)


def test_a_generated_client_makes_the_tour_of_the_market(souk, clients, host):
    from market import AuthenticatedClient, Client

    def upstream(request):
        try:
            request.reply(200, {"summary": json.loads(request.body)["text"]})
        except (ValueError, KeyError):
            request.reply(400, {"error": "text is missing"})

    url, server = f"{souk.url}/market", host(upstream)
    open_client = Client(base_url=url)
    signed = lambda key: AuthenticatedClient(base_url=url, token=key)  # noqa: E731
    provider, admin = signed(souk.key("provider", "tour-provider")), signed(souk.key("admin", "tour-admin"))
    order = model("market", "RegisterServiceRequest")(name="Tour summary", endpoint=server.url, price_per_call="0.05", tags=["tour"])
    listed = call("market", "service_registry", "register_service", provider, body=order).parsed
    assert listed.name == "Tour summary" and listed.pricing.price_per_call == "0.05"
    found = call("market", "discovery", "search_services", open_client, q="tour summary").parsed
    assert [service.id for service in found.services] == [listed.id] and found.services[0].measured.calls == 0
    key = call("market", "authentication", "create_key", open_client, body=model("market", "CreateKeyRequest")(owner_id="tour-agent")).parsed
    buyer = signed(f"{key.key_id}:{key.secret}")
    poor = call("market", "payment_proxy", "call_service", buyer, service_id=listed.id, path="", body={"text": "Too poor."})
    assert poor.status_code == 402, poor
    credit = model("market", "CreditBuyerRequest")(buyer_id="tour-agent", amount="1.00", reason="welcome")
    assert call("market", "admin", "credit_buyer", admin, body=credit).status_code == 201
    paid = call("market", "payment_proxy", "call_service", buyer, service_id=listed.id, path="", body={"text": "Now."}, idempotency_key="first")
    assert (paid.status_code, json.loads(paid.content), paid.headers["x-acf-amount"]) == (200, {"summary": "Now."}, "0.05")
    # A provider's own refusal is its own, and crashes nobody.
    wrong = call("market", "payment_proxy", "call_service", buyer, service_id=listed.id, path="", body={})
    assert (wrong.status_code, json.loads(wrong.content)) == (400, {"error": "text is missing"})
    assert call("market", "billing", "get_my_balance", buyer).parsed.balance
    assert len(call("market", "billing", "list_usage", buyer).parsed.usage) >= 1
    team = call("market", "team_management", "create_team", provider, body=model("market", "CreateTeamRequest")(name="Tour team"))
    agent = call("market", "agent_identity", "register_agent", provider, body=model("market", "RegisterAgentRequest")(display_name="Tour agent", identity_type="api_key_only"))
    assert team.status_code == agent.status_code == 201, (team, agent)


def test_a_generated_client_makes_the_tour_of_the_network(souk, clients):
    from affiliate import AuthenticatedClient

    made = json.loads(souk.command("keys", "create", "--surface", "affiliate", "--role", "agent", "--owner", "tour-agent").stdout)
    client = AuthenticatedClient(base_url=f"{souk.url}/affiliate", token=made.get("authorization") or made["api_key"])
    ask = model("affiliate", "AffiliateAgentRecommend").from_dict({"action": "agent.recommend", "params": {"use_case": "画像生成"}})
    answer = call("affiliate", "actions", "do_action", client, body=ask)
    assert answer.status_code == 200 and json.loads(answer.content)["success"] is True
    assert call("affiliate", "account", "list_keys", client).status_code in (200, 403)
    unknown = call("affiliate", "actions", "do_action", AuthenticatedClient(base_url=f"{souk.url}/affiliate", token="aa_nobody"), body=ask)
    assert unknown.status_code == 401


@pytest.mark.parametrize("surface", SURFACES)
def test_a_second_generator_accepts_the_documents(souk, surface, tmp_path):
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document(souk, surface)))
    out = tmp_path / "models.py"
    made = subprocess.run(
        [os.path.join(VENV, "datamodel-codegen"), "--input", str(path), "--input-file-type", "openapi", "--output", str(out), "--output-model-type", "dataclasses.dataclass"],
        capture_output=True, text=True,
    )
    assert made.returncode == 0, made.stderr[-3000:]
    compile(out.read_text(), str(out), "exec")
    assert "class Problem" in out.read_text()


def test_agents_find_their_way(souk):
    llms = httpx.get(f"{souk.url}/llms.txt")
    assert llms.headers["content-type"] == "text/plain; charset=utf-8" and llms.text.startswith("# Souk\n")
    for link in re.findall(r"\]\(([^)]+)\)", llms.text):
        answer = httpx.get(link.replace("http://localhost", "http://127.0.0.1"))
        assert answer.status_code == 200, link
    assert all(f"/{surface}/openapi.json" in llms.text for surface in SURFACES)
    robots = httpx.get(f"{souk.url}/robots.txt")
    assert robots.status_code == 200 and "User-agent: *" in robots.text


def test_documents_are_pages(chromium, souk):
    names = [name.removesuffix(".md") for name in os.listdir(os.path.join(ROOT, "docs")) if name.endswith(".md")]
    browser = Browser(chromium, souk.url)
    for name in sorted(names):
        assert httpx.get(f"{souk.url}/docs/{name}.md").text == open(os.path.join(ROOT, "docs", f"{name}.md")).read()
        for window, theme in (("wide", "light"), ("narrow", "dark")):
            browser.turn(window, theme)
            browser.page.goto(f"/docs/{name}")
            browser.check(f"docs-{name}")
    for bad in ("../README", "%2e%2e/README", "decisions", "Market", "x", "market.md.md"):
        assert httpx.get(f"{souk.url}/docs/{bad}").status_code in (400, 404), bad
    decisions = sorted(os.listdir(os.path.join(ROOT, "docs/decisions")))
    assert httpx.get(f"{souk.url}/docs/decisions/{decisions[0].removesuffix('.md')}").status_code == 200


@pytest.mark.parametrize("surface", SURFACES)
def test_the_reference_follows_the_theme_and_passes_axe(chromium, souk, surface):
    browser = Browser(chromium, souk.url)
    for window, theme in (("wide", "light"), ("narrow", "dark")):
        browser.turn(window, theme)
        browser.page.goto(f"/{surface}/docs")
        for details in browser.page.locator("details").all()[:5]:
            details.evaluate("node => node.open = true")
        browser.check(f"reference-{surface}")
        color = browser.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (color == "rgb(255, 255, 255)") == (theme == "light") or theme == "light", color
