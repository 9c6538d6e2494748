"""schemathesis over each surface's own OpenAPI document, all checks."""

import json
import os
import subprocess
import sys

import httpx
import pytest

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "100"))


def check(souk, surface, key, examples, *options, header=None):
    folder = os.path.dirname(os.path.abspath(__file__))
    command = [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"),
        "--config-file", os.path.join(folder, "schemathesis.toml"),
        "run",
        f"{souk.url}/{surface}/openapi.json",
        "--url", f"{souk.url}/{surface}",
        "--header", f"{header}: {key}" if header else f"Authorization: Bearer {key}",
        "--checks", "all",
        "--max-examples", str(examples),
        "--phases", "examples,coverage,fuzzing",
        "--suppress-health-check", "all",
        # schemathesis keeps no examples of earlier runs. It tries as many cases in half of the time.
        "--generation-database", "none",
        "--no-color",
        *options,
    ]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr


# The market's paths in parts, which run side by side; the last one is whatever the others leave.
PARTS = ["/(services|discover|usage|templates)", "/(provider|agents|reputation)", "/(teams|webhooks)"]


@pytest.mark.parametrize("part", range(len(PARTS) + 1))
def test_the_market(souk, part):
    # An administrator's key passes every role, so that the checks reach the operations themselves.
    # A call through the proxy answers whatever its provider says.
    # The dashboard answers pages, and has no key in a header.
    out = "/proxy/|/admin/dashboard"
    if part < len(PARTS):
        only = ["--include-path-regex", f"^/api/v1{PARTS[part]}"]
    else:
        only, out = [], f"{out}|" + "|".join(f"^/api/v1{other}" for other in PARTS)
    check(souk, "market", souk.key("admin", f"schema-{part}"), EXAMPLES, *only, "--exclude-path-regex", out)


ROLES = ["publisher", "advertiser", "agent", "operator"]


@pytest.mark.parametrize("role", ROLES)
def test_the_affiliate_network(souk, role):
    """Each role asks the operations that take its key. The first role also asks those without a key. NetworkAuthorisationTests try the other keys."""
    mine = []
    for item in httpx.get(f"{souk.url}/affiliate/openapi.json").json()["paths"].values():
        for operation in item.values():
            ways = operation["security"]
            roles = [name for way in ways for name in way.get("key", [])]
            # The endpoint of the actions names no role: each action has its own.
            takes_any = any("key" in way for way in ways) and not roles
            if role in roles or takes_any or (not ways and role == ROLES[0]):
                mine += ["--include-operation-id", operation["operationId"]]
    check(souk, "affiliate", souk.key(role, f"schema-{role}", surface="affiliate"), max(1, EXAMPLES // 10), *mine)


def console_token(souk, name):
    account = {"display_name": name, "contact_email": f"{name}@example.com", "password": "a long password"}
    return httpx.post(f"{souk.url}/commerce/v1/developers/register", json=account).json()["developer_token"]


COMMERCE = {"developer": None, "console": None, "merchant": "X-Merchant-Token", "supply": "X-Supply-Key"}


@pytest.mark.parametrize("role", COMMERCE)
def test_commerce(souk, role):
    """Each kind of key asks the operations that take it; the first one also asks those without a key."""
    if role == "console":
        key = console_token(souk, f"schema-{role}")
    elif role == "merchant":
        key = json.loads(souk.command("commerce", "merchants", "create", "schema-shop").stdout)["token"]
    else:
        key = souk.key(role, f"schema-{role}", surface="commerce")
    mine = []
    # The edition 3.1 names roles.
    for item in httpx.get(f"{souk.url}/commerce/openapi.json?openapi=3.1").json()["paths"].values():
        for operation in item.values():
            ways = operation["security"]
            roles = [name for way in ways for names in way.values() for name in names]
            isOpen = not ways or any(not way for way in ways)
            if role in roles or (isOpen and role == "developer"):
                mine += ["--include-operation-id", operation["operationId"]]
    # Accounts are opened five times an hour from one address, and signing out ends the session.
    out = ["--exclude-path-regex", "/v1/developers/(register|login|logout)"]
    check(souk, "commerce", key, max(1, EXAMPLES // 10), *mine, *out, header=COMMERCE[role])


# The gateway's paths in two parts, which run side by side.
GATEWAY = "/v1/(agents|providers|api-keys|budgets)"


@pytest.mark.parametrize("part", range(2))
def test_the_gateway(souk, part):
    """With the administrator's token. Wrong keys are limited to ten a minute, so that another test tries those."""
    token = open(os.path.join(souk.environment["SOUK_DATA_DIR"], "gateway-token")).read()
    only = ["--include-path-regex" if part == 0 else "--exclude-path-regex", f"^{GATEWAY}"]
    check(souk, "gateway", token, max(1, EXAMPLES // 10), *only, "--exclude-checks", "ignored_auth")


@pytest.mark.parametrize("role", ["partner", "operator"])
def test_the_forum(souk, role):
    """A partner's key asks what partners ask, an operator's the rest that has no person's account behind it."""
    made = souk.command("keys", "create", "--surface", "forum", "--role", role, "--owner", "schema.example", "--rate-limit", "0")
    mine = []
    for item in httpx.get(f"{souk.url}/forum/openapi.json").json()["paths"].values():
        for operation in item.values():
            ways = operation["security"]
            roles = [name for way in ways for names in way.values() for name in names]
            if role in roles or (role == "operator" and not roles):
                mine += ["--include-operation-id", operation["operationId"]]
    # Applications, sign-ups and sign-ins are counted by address; a person signs in for the dashboard.
    out = ["--exclude-path-regex", "/agents/apply|/api/forum/v1/(members$|sessions|partner)"]
    check(souk, "forum", json.loads(made.stdout)["api_key"], max(1, EXAMPLES // 10), *mine, *out)
