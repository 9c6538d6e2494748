"""The affiliate network through `requests`, as the contract's samples call it, and its webhooks through `standardwebhooks`."""

import json
import time

import httpx
import pytest
import requests
from conftest import Host
from standardwebhooks import Webhook

PROGRAM = {
    "name": "AI chatbot development kit", "description": "画像生成 and code generation", "category_id": 1, "landing_url": "https://shop.example.com/",
    "reward_type": "cpa", "reward_amount": 1200, "status": "active", "auto_approve": True,
}


@pytest.fixture
def network(souk):
    number = str(time.time_ns())
    keys = {role: souk.key(role, f"{role}-{number}", surface="affiliate") for role in ("agent", "advertiser", "operator")}
    return f"{souk.url}/affiliate", keys


def test_the_samples_calls_run_as_they_stand(network):
    url, keys = network
    ask = {"Authorization": f"Bearer {keys['advertiser']}"}
    assert requests.post(f"{url}/api/v1/programs", json=PROGRAM, headers=ask).status_code == 201
    headers = {"Authorization": f"Bearer {keys['agent']}", "Content-Type": "application/json"}

    def call(action, params=None):
        answer = requests.post(f"{url}/api/mcp.php", json={"action": action, "params": params or {}}, headers=headers)
        answer.raise_for_status()
        return answer.json()

    assert requests.post(f"{url}/api/mcp.php", json={"action": "health"}).json()["data"]["status"] == "ok"
    for program in call("agent.catalog")["data"]["programs"]:
        assert program["name"] and program["reward_amount"] >= 0
    results = call("publisher.programs_search", {"keyword": "AI", "reward_type": "cpa"})
    program = results["data"]["programs"][0]["id"]
    partnership = call("publisher.partnerships_apply", {"program_id": program})
    assert partnership["data"]["id"] == partnership["data"]["partnership_id"]
    link = call("publisher.links_generate", {"partnership_id": partnership["data"]["id"]})
    assert link["data"]["url"].endswith(partnership["data"]["tracking_code"])
    assert call("agent.recommend", {"use_case": "chatbot development", "limit": 5})["data"]["programs"]
    click = call("agent.track_click", {"partnership_id": partnership["data"]["id"], "context": "line-bot"})
    assert click["data"]["lp_url"].startswith("https://shop.example.com/?souk_click=")
    order = call("agent.record_conversion", {"tracking_code": partnership["data"]["tracking_code"], "amount": 5000})
    assert order["data"]["status"] == "pending" and order["data"]["reward"] == 1200
    for action in ("common.categories", "common.stats", "common.profile", "common.api_key_info", "publisher.partnerships_list",
                   "publisher.selfback_list", "publisher.report", "publisher.earnings_summary", "publisher.earnings_payouts",
                   "publisher.notifications_list", "publisher.notifications_read", "agent.categories"):
        assert call(action)["success"] is True
    with pytest.raises(requests.HTTPError) as refused:
        call("publisher.partnerships_apply", {"program_id": program})
    assert refused.value.response.status_code == 409
    assert refused.value.response.json()["success"] is False


def partnership(url, keys):
    """A program with a partner: its id, the tracking code, and the partner's actions."""
    program = httpx.post(f"{url}/api/v1/programs", json=PROGRAM, headers={"Authorization": f"Bearer {keys['advertiser']}"}).json()["data"]["id"]

    def act(action, **parameters):
        answer = httpx.post(f"{url}/api/mcp.php", json={"action": action, "params": parameters}, headers={"Authorization": f"Bearer {keys['agent']}"})
        return answer.raise_for_status().json()["data"]

    return program, act("publisher.partnerships_apply", program_id=program)["tracking_code"], act


def test_a_browser_with_its_cookie_is_not_cut_with_its_neighbours(network):
    url, keys = network
    _, code, act = partnership(url, keys)
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile"}
    clicks = lambda: act("publisher.report")["totals"]["valid_clicks"]
    cookies = [httpx.get(f"{url}/t/{code}", headers=phone).cookies["souk_visitor"] for _ in range(25)]
    assert clicks() == 20
    for cookie in cookies[20:]:
        assert httpx.get(f"{url}/t/{code}", headers=phone, cookies={"souk_visitor": cookie}).status_code == 302
    assert clicks() == 25
    # One cookie alone is a browser like any other, and who fetches ahead has not clicked.
    for _ in range(25):
        httpx.get(f"{url}/t/{code}", headers=phone, cookies={"souk_visitor": cookies[0]})
    assert clicks() == 45
    for purpose in ({"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"User-Agent": "curl/8.5.0"}):
        httpx.get(f"{url}/t/{code}", headers={**phone, **purpose})
    assert clicks() == 45


def test_an_image_without_a_click_is_no_incomplete_report(network):
    url, keys = network
    program, _, act = partnership(url, keys)
    shown = httpx.get(f"{url}/pixel", params={"program_id": program, "order_id": "P-1", "amount": 9800})
    assert shown.headers["content-type"] == "image/gif"
    reports = httpx.get(f"{url}/api/v1/programs/{program}/reports", headers={"Authorization": f"Bearer {keys['advertiser']}"}).json()["data"]["reports"]
    assert [report["reason"] for report in reports] == [8], reports
    # Rewards may be a thousand million, and so may what one looks for.
    assert act("publisher.programs_search", min_reward=1_000_000_000)["programs"] == []


def test_what_is_undecided_is_not_earned_yet(network):
    url, keys = network
    program, code, act = partnership(url, keys)
    act("agent.track_click", partnership_id=act("publisher.partnerships_list")["partnerships"][0]["id"], context="x")
    act("agent.record_conversion", tracking_code=code, amount=5000)
    earned = act("publisher.earnings_summary")
    assert (earned["current_month_earnings"], earned["lifetime_total"], earned["pending"]) == (0, 0, 1200)
    assert earned["monthly_trend"][-1]["earnings"] == 0


def test_a_secret_is_long_or_made(network):
    url, keys = network
    ask = lambda **fields: httpx.post(f"{url}/api/v1/webhooks", headers={"Authorization": f"Bearer {keys['agent']}"},
                                      json={"url": "https://93.184.215.14/hook", "events": ["partnership.approved"], **fields})
    short = ask(secret="x" * 23)
    assert short.status_code in (400, 422) and "24" in short.json()["message"]
    assert "secret" not in ask(secret="x" * 24).json()["data"]
    made = ask().json()["data"]["secret"]
    assert made.startswith("whsec_") and len(made) == len("whsec_") + 44


def test_webhooks_verify_with_the_public_library(network):
    url, keys = network
    sent = []

    def receive(request):
        sent.append((dict(request.headers), request.body))
        request.reply(200, {})

    receiver = Host(receive)
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    subscribed = httpx.post(
        f"{url}/api/v1/webhooks", headers={"Authorization": f"Bearer {keys['agent']}"},
        json={"url": receiver.url, "events": ["partnership.approved"], "secret": secret},
    )
    assert subscribed.status_code == 201, subscribed.text
    program = httpx.post(f"{url}/api/v1/programs", json=PROGRAM, headers={"Authorization": f"Bearer {keys['advertiser']}"}).json()["data"]["id"]
    httpx.post(
        f"{url}/api/mcp.php", headers={"Authorization": f"Bearer {keys['agent']}"},
        json={"action": "publisher.partnerships_apply", "params": {"program_id": program}},
    )
    for _ in range(100):
        if sent:
            break
        time.sleep(0.1)
    headers, body = sent[0]
    event = Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    assert event["type"] == "partnership.approved"
    assert json.loads(body)["data"]["status"] == "approved"
    receiver.close()


def test_the_document_is_openapi_with_every_action(network):
    url, _ = network
    document = httpx.get(f"{url}/openapi.json").json()
    operation = document["paths"]["/api/mcp.php"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert len(body["oneOf"]) == len(body["discriminator"]["mapping"]) == 24
    for reference in body["discriminator"]["mapping"].values():
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]
    assert {"200", "400", "401", "403", "404", "409", "422", "429"} <= set(operation["responses"])


def test_the_time_an_order_names_is_kept_and_flagged_when_it_is_before_the_click(network):
    url, keys = network
    _, code, _ = partnership(url, keys)
    ask = {"Authorization": f"Bearer {keys['advertiser']}"}
    token = httpx.get(f"{url}/api/v1/postback-token", headers=ask).json()["data"]
    token = token.get("token") or token.get("postback_token")
    browser = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile"}
    landing = httpx.get(f"{url}/t/{code}", headers=browser).headers["location"]
    click = landing.split("souk_click=")[1].split("&")[0]
    earlier = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    told = httpx.post(f"{url}/postback", json={"token": token, "click_id": click, "order_id": "EARLY-1", "amount": 5000, "occurred_at": earlier})
    assert told.status_code == 200, told.text
    order = told.json()["data"]
    assert order["occurred_at"].startswith(earlier[:19]), order
    assert "before_click" in json.dumps(order["flags"]) and order["held"] is True, order
    # A year back, as long as a cookie may live; not longer.
    for days, status in ((364, 200), (367, 400)):
        then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * 86_400))
        again = httpx.post(f"{url}/postback", json={"token": token, "click_id": click, "order_id": f"OLD-{days}", "amount": 1, "occurred_at": then})
        assert again.status_code in (status, status + 22), again.text
