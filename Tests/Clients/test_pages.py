"""The pages in Chromium: the journeys of the three consoles, then every page in both widths and both themes.

With `SHOTS=1` pictures go to `.build/screenshots`. What axe-core finds, a page that is wider than its window, and anything that the browser's
console reports fail the test.
"""

import re
from datetime import datetime, timedelta

import httpx
import pytest
from browser import DONE, LOOKS, Browser
from conftest import Host, Souk, echo
from paypal import PayPal
from playwright.sync_api import expect


class House:
    """A server with a provider, a buyer with money and a receiver of webhooks behind it."""

    def __init__(self, directory):
        self.paypal = PayPal()
        self.souk = Souk(directory, **self.paypal.settings).start()
        self.provider_host, self.receiver = Host(echo), Host(lambda request: request.reply(200, {"received": True}))
        # What links of the server's own begin with.
        self.url = f"http://localhost:{self.souk.port}"
        self.keys = {role: self.souk.key(role, owner) for role, owner in [("admin", "ops"), ("provider", "seller"), ("buyer", "shopper")]}
        self.service = self.post("provider", "/services", self.fields("Echo of the house", "0.05"))["id"]
        self.post("admin", "/admin/credits", {"buyer_id": "shopper", "amount": "2.00", "reason": "welcome"})
        self.agent = self.post("provider", "/agents", {"display_name": "Ann the agent"})["agent_id"]
        for number in range(3):
            self.post("buyer", f"/proxy/{self.service}/call/{number}", {"number": number})

    def fields(self, name, price):
        return {
            "name": name,
            "description": "Answers what it is sent, word for word.",
            "endpoint": self.provider_host.url,
            "price_per_call": price,
            "category": "tools",
            "tags": ["echo", "text"],
            "free_tier_calls": 1,
        }

    def post(self, role, path, body):
        answer = httpx.post(self.souk.market + path, json=body, headers={"Authorization": f"Bearer {self.keys[role]}"})
        assert answer.status_code < 300, answer.text
        return answer.json()

    def close(self):
        for host in [self.paypal.host, self.provider_host, self.receiver]:
            host.close()
        assert self.souk.stop() == 0
        assert self.souk.command("verify", check=False).returncode == 0


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("pages"))
    yield house
    house.close()


@pytest.fixture
def browser(chromium, house):
    browser = Browser(chromium, house.url, house.paypal.host.url)
    yield browser
    browser.context.close()


def test_a_buyer_finds_tries_pays_and_is_told(house, browser):
    page = browser.page
    page.goto("/")
    page.get_by_role("link", name="Open").first.click()
    page.get_by_label("Search services").fill("echo")
    browser.click("Search")
    browser.click("Echo of the house", role="link")
    browser.click("Sign in", role="link")
    browser.enter_key(house.keys["buyer"])
    expect(page.get_by_role("heading", name="Try it here")).to_be_visible()
    browser.fill(path="/hello", body='{"shop": "open"}')
    browser.click("Call for 0.05 USDC")
    expect(page.get_by_role("heading", name="Response: 200")).to_be_visible()
    expect(page.locator("#answer ~ pre, section pre").last).to_contain_text("/hello")
    browser.check("tried")
    browser.click("Account", role="link")
    expect(page.locator("dl.figures").first).to_contain_text("1.85")
    browser.click("All calls", role="link")
    browser.fill(to="2000-01-01")
    browser.click("Filter")
    expect(page.get_by_text("No calls match.")).to_be_visible()
    browser.fill(to="")
    with page.expect_download() as download:
        browser.click("Download as CSV")
    lines = open(download.value.path()).read().splitlines()
    assert lines[0].startswith("usage_id,called_at") and len(lines) == 5

    browser.click("Deposits", role="link")
    browser.fill(amount="0.005")
    page.get_by_label("Payment method").select_option("paypal")
    browser.click("Continue")
    expect(page.get_by_role("alert")).to_contain_text("multiple of 0.01")
    browser.errors.clear()  # The console notes the 400.
    browser.fill(amount="5.00")
    browser.click("Continue")
    expect(page.get_by_role("status")).to_contain_text("Waiting for the payment")
    browser.check("waiting")
    browser.click("Pay with PayPal", role="link")
    page.get_by_role("link", name="Back to the shop").click()
    expect(page.locator(".state-completed")).to_be_visible(timeout=15_000)
    browser.fill(amount="1.50")
    browser.click("Refund")
    expect(page.get_by_role("status")).to_have_text(DONE)
    page.locator("tbody th a").first.click()
    expect(page.locator("dl.facts")).to_contain_text("Refunded1.50 USDC")
    browser.click("Account", role="link")
    expect(page.locator("dl.figures").first).to_contain_text("5.35")

    browser.click("Webhooks", role="link")
    browser.fill(url=house.receiver.url + "/hook", secret="shared secret")
    page.get_by_label("service.called").check()
    browser.click("Add webhook")
    house.post("buyer", f"/proxy/{house.service}/event", {})
    for _ in range(50):
        page.reload()
        if page.get_by_text("delivered").count():
            break
        page.wait_for_timeout(100)
    expect(page.locator(".state-delivered").first).to_be_visible()
    browser.check("deliveries")
    browser.click("service.called", role="link")
    expect(page.locator("pre").last).to_contain_text('"event":"service.called"')
    expect(page.locator("pre").first).to_contain_text("received")
    sent = dict(line.strip().split(": ", 1) for line in page.locator("pre").nth(1).inner_text().strip().splitlines())
    body = page.locator("pre").last.inner_text()
    browser.click("Send again")
    expect(page.get_by_role("status")).to_contain_text("is being sent")
    expect(page.locator("article.card")).to_have_count(2, timeout=15_000)
    browser.check("delivered")
    browser.click("Back to the webhook", role="link")
    browser.click("Send a test event")
    expect(page.get_by_text("webhook.test", exact=True)).to_be_visible()
    expect(page.locator(".state-delivered")).to_be_visible(timeout=15_000)
    browser.click("Back to the webhook", role="link")
    browser.fill(body=body, signature=sent["webhook-signature"], id=sent["webhook-id"], timestamp=sent["webhook-timestamp"])
    browser.click("Check", exact=True)
    expect(page.get_by_role("status")).to_have_text("The signature is valid.")
    browser.fill(body=body, signature=sent["X-ACF-Signature"])
    browser.click("Check", exact=True)
    expect(page.get_by_role("status")).to_have_text("The signature is valid.")
    browser.fill(body=body + "x", signature=sent["X-ACF-Signature"])
    browser.click("Check", exact=True)
    expect(page.get_by_role("status")).to_contain_text("does not match")
    browser.check("checked")

    browser.fill(**{"from": "2020-01-01", "to": "2100-01-01"})
    browser.click("Send again", exact=True)
    expect(page.get_by_role("heading", name="Sending webhooks again")).to_be_visible()
    expect(page.locator(".state-completed")).to_be_visible()
    browser.check("replayed")
    browser.click("Usage", role="link")
    browser.click("Export to CSV")
    expect(page.locator(".state-completed")).to_be_visible()
    page.reload()
    with page.expect_download() as download:
        browser.click("Download the file", role="link")
    assert len(open(download.value.path()).read().splitlines()) == 6

    browser.click("Keys", role="link")
    browser.fill(rate_limit="0")
    browser.click("Create")
    expect(page.get_by_role("alert")).to_contain_text("Requests per minute: must be between 1 and 300")
    browser.errors.clear()
    browser.fill(rate_limit="30")
    browser.click("Create")
    key = re.search(r"Bearer (acf_\w+:sec_\w+)", page.content()).group(1)
    assert httpx.get(house.souk.market + "/balance", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    browser.click("All keys", role="link")
    browser.click(f"Revoke {key.split(':')[0]}")
    assert httpx.get(house.souk.market + "/balance", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    browser.click("Sign out")
    page.goto("/market/account")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.url.endswith("/market/sign-in?next=%2Fmarket%2Faccount")


def test_a_provider_lists_changes_and_tests_a_service(house, browser):
    page = browser.page
    browser.sign_in(house.keys["provider"])
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    browser.click("List a service", role="link")
    browser.fill(name="Slow echo", price_per_call="free", endpoint=house.provider_host.url, tags="slow, echo")
    browser.click("List it")
    expect(page.get_by_role("alert")).to_contain_text("Price must be a valid decimal number")
    browser.errors.clear()
    expect(page.locator("[name=name]")).to_have_value("Slow echo")
    browser.fill(price_per_call="0.10")
    browser.click("List it")
    expect(page.get_by_role("status")).to_have_text(DONE)
    browser.click("Test it now")
    expect(page.get_by_role("status")).to_contain_text("It responded with 200")
    expect(page.locator("[name=tags]")).to_have_value("slow, echo")
    page.get_by_label("State").select_option("paused")
    browser.click("Save")
    expect(page.locator(".state").first).to_have_text("paused")
    browser.click("Remove permanently")
    expect(page.get_by_role("row", name="Slow echo").locator(".state")).to_have_text("removed")
    browser.click("Earnings", role="link")
    expect(page.get_by_text("No settlements yet.")).to_be_visible()


def test_an_operator_settles_pays_verifies_and_looks_into_the_book(house, browser):
    page = browser.page
    browser.sign_in(house.keys["admin"])
    expect(page.get_by_role("heading", name="Market dashboard")).to_be_visible()
    browser.click("Money", role="link")
    browser.fill(buyer_id="nobody", amount="1.00", reason="test")
    browser.click("Credit")
    expect(page.get_by_role("alert")).to_contain_text("Buyer not found")
    browser.errors.clear()
    browser.fill(buyer_id="shopper")
    browser.click("Credit")
    expect(page.get_by_role("status")).to_have_text(DONE)
    browser.click("Settlements", role="link")
    browser.fill(provider_id="seller", period_start="2020-01-01", period_end="2100-01-01")
    browser.click("Settle")
    browser.fill(payment_tx="wire 42")
    browser.click("Paid")
    expect(page.locator(".state-completed")).to_be_visible()
    browser.fill(period_start="2020-01-01", period_end="2100-01-01")
    browser.click("Settle")
    expect(page.get_by_role("heading", name="Settling every provider")).to_be_visible()
    expect(page.locator(".state-completed")).to_be_visible()
    expect(page.locator("dl.figures")).to_contain_text("Skipped")
    browser.click("Agents", role="link")
    browser.click("Verify Ann the agent")
    expect(page.locator(".state-verified")).to_be_visible()
    browser.click("Suspend Ann the agent")
    page.get_by_label("Or all agents in the state").select_option("suspended")
    browser.click("Show")
    browser.click("Reinstate Ann the agent")
    browser.click("Ledger", role="link")
    expect(page.get_by_role("row", name="USDC").last).to_contain_text("0.00")
    page.get_by_role("row", name="seller earnings").get_by_role("link").click()
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Reason")).to_be_visible()


def test_the_keyboard_finds_its_way(house, browser):
    browser.sign_in(house.keys["buyer"])
    page = browser.page
    page.goto("/market/account/deposits")
    order = []
    for _ in range(17):
        page.keyboard.press("Tab")
        order.append(page.evaluate("(e => e.textContent.trim() || e.name || e.id)(document.activeElement)"))
    assert order[0] == "Skip to the content", order
    assert {"Menu Deposits", "amount", "Continue"} <= set(order), order
    assert order.index("Menu Deposits") < order.index("amount") < order.index("Continue")
    page.goto("/market/account/deposits")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Usage", exact=True)).to_be_visible()
    page.goto("/market/account/deposits")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


PAGES = {
    None: {"home": "/", "market": "/market/", "nothing-found": "/market/?q=zzz", "sign-in": "/market/sign-in", "time-zone": "/market/time-zone", "service": "/market/services/{service}"},
    "buyer": {
        "account": "/market/account",
        "usage": "/market/account/usage",
        "deposits": "/market/account/deposits",
        "jobs": "/market/account/jobs",
        "notifications": "/market/account/notifications",
        "keys": "/market/account/keys",
        "webhooks": "/market/account/webhooks",
        "try": "/market/services/{service}",
    },
    "provider": {
        "provider": "/market/provider",
        "provider-service": "/market/provider/services/{service}",
        "new-service": "/market/provider/services/new",
        "earnings": "/market/provider/earnings",
    },
    "admin": {
        "dashboard": "/market/admin/dashboard",
        "settlements": "/market/operator/settlements",
        "money": "/market/operator/money",
        "agents": "/market/operator/agents",
        "webhook-health": "/market/operator/webhooks",
        "servers": "/market/operator/servers",
        "ledger": "/market/operator/ledger",
        "ledger-account": "/market/operator/ledger/accounts/1",
    },
}


@pytest.mark.parametrize("locale", LOOKS)
def test_every_page_is_whole_and_accessible(chromium, house, locale):
    data = ["Hello from the market", "Echo of the house", "Answers what it is sent, word for word", "Ann the agent"]
    # The languages differ in their words alone: two of them are enough for axe.
    has_axe = locale in ("en-US", "ja-JP")
    for role, pages in PAGES.items():
        browser = Browser(chromium, house.url, house.paypal.host.url, locale=locale, has_axe=has_axe)
        if role:
            browser.sign_in(house.keys[role])
        for name, path in pages.items():
            assert browser.page.goto(path.format(service=house.service)).status == 200, name
            assert browser.page.evaluate("document.documentElement.lang")[:2] == locale[:2], name
            for window, theme in LOOKS[locale]:
                browser.turn(window, theme)
                browser.check(name) if has_axe else browser.look(name)
            if locale in ("ja-JP", "zh-CN"):
                assert not browser.english(*data), name
        browser.context.close()


def test_times_are_in_the_zone_that_a_visitor_chooses(house, browser):
    page = browser.page
    browser.sign_in(house.keys["buyer"])
    page.goto("/market/account/usage")
    in_utc = page.locator("tbody tr").last.locator("td, th").first.inner_text()
    browser.click("Time zone: UTC", role="link")
    browser.check("time-zone")
    page.get_by_label("Time zone", exact=True).select_option("Asia/Kolkata")
    browser.click("Save")
    assert page.url.endswith("/market/account/usage")
    expect(page.get_by_role("columnheader", name="Time (Asia/Kolkata)")).to_be_visible()
    shown = page.locator("tbody tr").last.locator("td, th").first.inner_text()
    assert datetime.fromisoformat(shown) - datetime.fromisoformat(in_utc) == timedelta(hours=5, minutes=30)
    assert page.goto("/market/time-zone?zone=Mars/Olympus").status == 404
    expect(page.get_by_role("alert")).to_have_text("No such time zone")
    browser.errors.clear()
    page.goto("/market/time-zone?zone=")
    expect(page.get_by_role("link", name="Time zone: UTC")).to_be_visible()


def test_pages_work_without_javascript_and_load_nothing_else(chromium, house):
    context = chromium.new_context(base_url=house.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/market/sign-in")
    page.get_by_text("With an API key instead").click()
    page.get_by_label("Key").fill(house.keys["buyer"])
    page.get_by_role("button", name="Sign in with the key").click()
    expect(page.get_by_role("heading", name="Account of shopper")).to_be_visible()
    context.close()
