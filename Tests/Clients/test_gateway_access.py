"""Who may do what: every operation of the gateway with each scope alone, without a key, from another tenant, and for another user."""

import subprocess

import httpx
import pytest

from conftest import SOUK
from gatewaykit import HELLO, MODEL, Gateway

SCOPES = ["read", "write", "admin", "provision", "approvals", "pairing"]
IMPLIED = {"admin": set(SCOPES), "write": {"read", "write"}, "provision": {"read", "provision"}}

# As the decisions beside the contract say it, each operation with the scopes of which one is enough.
NEEDS = {
    "read": """
        GET /v1/agents, GET /v1/agents/{id}, GET /v1/sessions, GET /v1/sessions/{key}, GET /v1/usage,
        GET /v1/usage/summary, GET /v1/usage/timeseries, GET /v1/usage/breakdown, GET /v1/costs/summary, GET /v1/traces,
        GET /v1/traces/{id}, GET /v1/traces/{id}/postings, GET /v1/activity, GET /v1/budgets,
        GET /v1/budgets/{id}/postings, GET /v1/models, GET /v1/models/{id}
    """,
    "write": """
        POST /v1/chat/completions, POST /v1/agents/{id}/wake, POST /v1/tools/invoke, POST /v1/runs/{id}/cancel,
        PATCH /v1/sessions/{key}, DELETE /v1/sessions/{key}, POST /v1/sessions/{key}/reset
    """,
    "write provision": """
        POST /v1/agents, PUT /v1/agents/{id}, DELETE /v1/agents/{id}, POST /v1/agents/{id}/market-key,
        DELETE /v1/agents/{id}/market-key, PUT /v1/agents/{id}/affiliate, DELETE /v1/agents/{id}/affiliate
    """,
    "admin": """
        GET /v1/providers, POST /v1/providers, GET /v1/providers/{id}, PUT /v1/providers/{id}, DELETE /v1/providers/{id},
        POST /v1/providers/{id}/verify, GET /v1/providers/{id}/models, GET /v1/providers/{id}/prices,
        PUT /v1/providers/{id}/prices, PUT /v1/budgets, GET /v1/tenants, POST /v1/tenants
    """,
    "admin provision": "GET /v1/api-keys, POST /v1/api-keys, DELETE /v1/api-keys/{id}, POST /v1/api-keys/{id}/revoke",
}
OPERATIONS = {
    operation.strip(): set(scopes.split()) for scopes, text in NEEDS.items() for operation in text.replace("\n", " ").split(",")
}
OPEN = {"GET /health", "GET /docs", "GET /docs/openapi.json", "GET /openapi.json", "GET /v1/openapi.json"}
NOBODY = "0193a5b0-7000-7000-8000-00000000ffff"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway(tmp_path_factory.mktemp("access"))
    yield gateway
    gateway.verify()
    assert gateway.souk.stop() == 0


def ask(gateway, operation, key=None, body=None, **headers):
    method, path = operation.split(" ")
    if key:
        headers["Authorization"] = f"Bearer {key}"
    body = {} if body is None and method in ("POST", "PUT", "PATCH") else body
    return httpx.request(method, gateway.url + path, json=body, headers=headers, timeout=30)


def filled(operation, value=NOBODY):
    return operation.replace("{id}", value).replace("{key}", f"agent:nobody:{value}")


def test_the_table_has_every_operation(gateway):
    lines = subprocess.run([SOUK, "routes"], capture_output=True, text=True, check=True).stdout.splitlines()
    routes = {" ".join(line.split("\t")[1:3]) for line in lines if line.startswith("gateway\t")}
    assert {route for route in routes if "/v1/" in route} - OPEN == set(OPERATIONS)


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_alone(gateway, scope):
    key = gateway.key(scope)
    for operation, needed in OPERATIONS.items():
        answer = ask(gateway, filled(operation), key)
        held = IMPLIED.get(scope, {scope})
        lacks = answer.status_code == 403 and "required" in (answer.json()["error"].get("details") or {})
        assert lacks == (not needed & held), f"{operation}: {answer.status_code} {answer.text}"
        assert answer.status_code != 401 and answer.status_code < 500, f"{operation}: {answer.text}"


@pytest.mark.parametrize("key", [None, "undefined", "goclaw_" + "0" * 32, "null", ""])
def test_without_a_good_key_nothing_is_told(gateway, key):
    texts = set()
    # A different wrong key each time would be guessing, which is limited.
    for operation in list(OPERATIONS) + ["GET /v1/nothing", "PATCH /v1/agents"]:
        answer = ask(gateway, filled(operation), key)
        assert answer.status_code in (401, 429), operation
        if answer.status_code == 401:
            error = answer.json()["error"]
            texts.add((error["code"], error["message"]))
    assert texts <= {("UNAUTHORIZED", "unauthorized")}


@pytest.fixture(scope="module")
def own(gateway):
    """What ada has in the first tenant."""
    gateway.model.script = lambda body: {"text": "Hers."}
    agent = gateway.agent("hers")
    key = gateway.key("write")
    raw = gateway.openai(key).chat.completions.with_raw_response.create(
        model="agent:hers", messages=HELLO, extra_headers={"X-GoClaw-Session-Key": "hers"},
    )
    budget = gateway.ok(gateway.admin.put("/v1/budgets", json={
        "scope": "agent", "subject": agent["id"], "period": "day", "limit": "5",
    }))["budgets"][0]
    keys = gateway.ok(gateway.admin.get("/v1/api-keys"))
    return {
        "agents": agent["id"], "traces": raw.headers["x-goclaw-trace-id"], "budgets": budget["id"],
        "providers": gateway.provider, "api-keys": keys[0]["id"], "sessions": "agent:hers:hers",
        "runs": raw.headers["x-goclaw-run-id"], "models": "goclaw:hers",
    }


def of(own, operation):
    noun = operation.split("/")[2]
    return operation.replace("{id}", own[noun]).replace("{key}", own[noun])


NAMED = [operation for operation in OPERATIONS if "{" in operation]


def state(gateway):
    paths = ["/v1/agents", "/v1/providers", "/v1/sessions", "/v1/traces", "/v1/api-keys"]
    lists = [gateway.ok(gateway.admin.get(path)) for path in paths]
    for key in lists[-1]:
        key.pop("last_used_at")
    return lists


def test_another_tenant_finds_none_of_it(gateway, own):
    gateway.post("/v1/tenants", {"slug": "elsewhere"})
    foreign = gateway.post("/v1/api-keys", {"name": "k", "scopes": ["operator.admin"]}, **{"X-GoClaw-Tenant-Id": "elsewhere"})["key"]
    before = state(gateway)
    for operation in NAMED:
        body = {"message": "x"} if operation.endswith("/wake") else {"prices": []} if operation.endswith("prices") else \
            {"key": "x"} if operation.endswith("affiliate") else None
        answer = ask(gateway, of(own, operation), foreign, body)
        # Models of clients and the run that is over are not there for their owner either.
        assert answer.status_code == 404, f"{operation}: {answer.status_code} {answer.text}"
        answer = ask(gateway, of(own, operation), foreign, body, **{"X-GoClaw-Tenant-Id": "master"})
        assert answer.status_code == 403, f"{operation}: {answer.text}"
    for path in ["/v1/sessions", "/v1/traces", "/v1/api-keys", "/v1/usage"]:
        assert "hers" not in ask(gateway, f"GET {path}", foreign).text
    assert ask(gateway, "POST /v1/chat/completions", foreign, {"model": "goclaw:hers", "messages": HELLO}).status_code == 404
    assert ask(gateway, "POST /v1/chat/completions", foreign, {"model": f"provider:up/{MODEL}", "messages": HELLO}).status_code == 404
    assert ask(gateway, "POST /v1/tools/invoke", foreign, {"tool": "datetime", "agentId": own["agents"]}).status_code == 404
    assert state(gateway) == before


@pytest.mark.parametrize("how", ["bound", "named"])
def test_another_user_finds_none_of_it(gateway, own, how):
    """By a key that is bound to bob, and by the gateway's token that acts for bob."""
    if how == "bound":
        key, headers = gateway.key("write", "provision", owner_id="bob"), {}
    else:
        key, headers = gateway.token, {"X-GoClaw-User-Id": "bob"}
    before = state(gateway)
    for operation in NAMED:
        if "admin" in OPERATIONS[operation]:
            continue
        body = {"message": "x"} if operation.endswith("/wake") else {"key": "x"} if operation.endswith("affiliate") else None
        answer = ask(gateway, of(own, operation), key, body, **headers)
        assert answer.status_code in (403, 404), f"{operation}: {answer.status_code} {answer.text}"
    for path in ["/v1/sessions", "/v1/traces", "/v1/activity", "/v1/traces?user_id=ada", "/v1/traces?q=Hers"]:
        assert "hers" not in ask(gateway, f"GET {path}", key, **headers).text.lower(), path
    assert ask(gateway, "POST /v1/chat/completions", key, {"model": "goclaw:hers", "messages": HELLO}, **headers).status_code == 403
    session = {"model": "goclaw:default", "messages": HELLO}
    stolen = ask(gateway, "POST /v1/chat/completions", key, session, **{**headers, "X-GoClaw-Session-Key": own["sessions"]})
    assert stolen.status_code == 404
    assert ask(gateway, "POST /v1/tools/invoke", key, {"tool": "datetime", "agentId": "hers"}, **headers).status_code == 403
    assert state(gateway) == before


def test_a_bound_key_is_its_owners_whoever_else_is_named(gateway, own):
    key = gateway.key("write")
    for named in ["bob", "root", "ada"]:
        answer = ask(gateway, f"GET /v1/sessions/{own['sessions']}", key, **{"X-GoClaw-User-Id": named})
        assert answer.status_code == 200
    # A body's user names rows and no rights.
    body = {"model": "goclaw:hers", "messages": HELLO, "user": "ada"}
    bob = gateway.key("write", owner_id="bob")
    assert ask(gateway, "POST /v1/chat/completions", bob, body).status_code == 403


def test_a_key_of_some_agents_runs_no_other(gateway, own):
    key = gateway.key("write", agents=["helper"])
    assert ask(gateway, "POST /v1/chat/completions", key, {"model": "goclaw:helper", "messages": HELLO}).status_code == 200
    for model in ["goclaw:hers", "gpt-4o", f"provider:up/{MODEL}"]:
        assert ask(gateway, "POST /v1/chat/completions", key, {"model": model, "messages": HELLO}).status_code == 403
    assert ask(gateway, "POST /v1/agents/hers/wake", key, {"message": "x"}).status_code == 403
    assert ask(gateway, "POST /v1/tools/invoke", key, {"tool": "datetime", "agentId": "hers"}).status_code == 403
    assert ask(gateway, "PUT /v1/agents/hers", key, {"display_name": "x"}).status_code == 403
    models = ask(gateway, "GET /v1/models", key).json()["data"]
    assert [one["id"] for one in models] == ["goclaw:helper"]
