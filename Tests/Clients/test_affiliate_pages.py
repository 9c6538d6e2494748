"""The affiliate network's work places in Chromium: journeys in both languages, then every page in both widths and themes."""

import os
import re

import httpx
import pytest
from browser import WINDOWS, Browser
from conftest import Souk
from playwright.sync_api import expect

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}


class Network:
    """A sandbox, whose clock can be moved to the end of a month."""

    def __init__(self, directory):
        sandbox = os.path.join(str(directory), "sandbox")
        self.console = Souk(sandbox)
        self.souk = Souk(directory)
        self.souk.start("--sandbox")
        self.url = f"http://localhost:{self.souk.port}"
        self.base = f"{self.url}/affiliate"
        roles = [("operator", "ops"), ("advertiser", "shop"), ("agent", "my-agent")]
        # Before the clock is moved on.
        self.first = httpx.get(f"{self.url}/health").json()["timestamp"][:8] + "01"
        self.keys = {role: self.console.key(role, owner, surface="affiliate") for role, owner in roles}
        self.program = self.ask(
            "advertiser", "POST", "/programs",
            {
                "name": "Sketch AI 画像生成", "category_id": 2, "landing_url": f"{self.url}/health", "reward_type": "cpa",
                "reward_amount": 150000, "status": "active", "hold_days": 0, "self_affiliate": True, "monthly_budget": 900000,
                "description": "Pictures from words. 言葉から画像を生成します。",
            },
        )["id"]
        self.ask("advertiser", "POST", f"/programs/{self.program}/creatives", {"type": "text", "title": "Draw it", "text": "Words become pictures"})
        self.partnership = self.act("publisher.partnerships_apply", {"program_id": self.program})
        self.ask("advertiser", "POST", f"/partnerships/{self.partnership['id']}/approve", {})
        for number in range(3):
            self.act("agent.track_click", {"partnership_id": self.partnership["id"], "context": "chatbot"})
            self.order(f"ORDER-{number}")
        self.ask("advertiser", "POST", "/conversions/1/approve", {})
        self.ask("advertiser", "POST", "/conversions/2/reject", {"reason": "Returned"})

    def order(self, order):
        return self.act("agent.record_conversion", {"tracking_code": self.partnership["tracking_code"], "order_id": order, "amount": 9800})

    def ask(self, role, method, path, body=None):
        answer = httpx.request(method, f"{self.base}/api/v1{path}", json=body, headers={"Authorization": f"Bearer {self.keys[role]}"})
        assert answer.status_code < 300, answer.text
        return answer.json()["data"]

    def act(self, action, params):
        answer = httpx.post(
            f"{self.base}/api/mcp.php", json={"action": action, "params": params}, headers={"Authorization": f"Bearer {self.keys['agent']}"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def close(self):
        assert self.souk.stop() == 0
        assert self.console.command("verify", check=False).returncode == 0


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    network = Network(tmp_path_factory.mktemp("affiliate"))
    yield network
    network.close()


@pytest.fixture
def browser(chromium, network):
    browser = Browser(chromium, network.url)
    yield browser
    browser.context.close()


def sign_in(browser, key):
    browser.page.goto("/affiliate/sign-in")
    browser.page.locator("summary").click()
    browser.page.locator("[name=key]").fill(key)
    browser.page.locator("details button").click()


def test_a_publisher_signs_up_finds_a_programme_and_earns(network, browser):
    page = browser.page
    page.goto("/affiliate/")
    browser.click("Sign up as a publisher", role="link")
    browser.fill(account_name="tester", name="Tester", email="tester@example.com", password="a long password", site_url="https://tester.example.com")
    browser.click("Sign up")
    expect(page.get_by_role("heading", name="Earnings")).to_be_visible()
    browser.click("Find a programme and apply", role="link")
    browser.fill(keyword="画像生成")
    browser.click("Search")
    browser.click("Sketch AI", role="link")
    browser.click("Apply", exact=True)
    expect(page.get_by_text("Links are here once")).to_be_visible()
    request = network.ask("advertiser", "GET", "/partnerships?status=pending")["partnerships"][0]
    assert request["site_url"] == "https://tester.example.com"
    network.ask("advertiser", "POST", f"/partnerships/{request['id']}/approve", {})
    page.reload()
    link = page.locator("pre code").first.inner_text()
    assert link.startswith(f"{network.base}/t/")
    browser.check("affiliate-links")
    # The publisher's own browser does not count where nobody may buy themselves; this programme allows it.
    visit = httpx.get(link, headers=BROWSER)
    assert visit.status_code == 302
    click = visit.headers["Location"].split("souk_click=")[1]
    token = network.ask("advertiser", "GET", "/postback-token")["token"]
    for _ in range(2):
        answer = httpx.post(f"{network.base}/postback", data={"click_id": click, "order_id": "P-1", "amount": 5000, "token": token})
        assert answer.json()["data"]["reward"] == 150000
    browser.click("Conversions", role="link")
    expect(page.get_by_role("link", name="P-1")).to_have_count(1)
    browser.click("P-1", role="link")
    expect(page.get_by_text("is the last valid one within 30 days")).to_be_visible()
    browser.click("日本語", role="link")
    expect(page.get_by_text("以内の最後の有効なクリックです")).to_be_visible()
    browser.check("affiliate-why")
    page.get_by_role("link", name="APIキー").click()
    browser.fill(name="laptop")
    browser.click("作成")
    key = re.search(r"aa_[0-9a-f]{48}", page.content()).group(0)
    answer = httpx.post(f"{network.base}/api/mcp.php", json={"action": "common.profile"}, headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["data"]["account_name"] == "tester"
    browser.click("ログアウト")
    page.goto("/affiliate/sign-in")
    browser.fill(email="tester@example.com", password="wrong password")
    page.locator("form button").first.click()
    expect(page.get_by_role("alert")).to_contain_text("パスワードが違います")
    browser.errors.clear()
    browser.fill(password="a long password")
    page.locator("form button").first.click()
    expect(page.get_by_role("heading", name="収益")).to_be_visible()


def test_an_advertiser_makes_a_programme_decides_and_tests(network, browser):
    page = browser.page
    sign_in(browser, network.keys["advertiser"])
    browser.click("New programme", role="link")
    browser.fill(name="Chat Helper", landing_url="https://shop.example.com/chat", reward_percent="12.5")
    browser.click("Make the programme")
    expect(page.get_by_role("alert")).to_contain_text("typical_order_amount")
    browser.errors.clear()
    browser.fill(typical_order_amount="9800")
    page.get_by_label("State").select_option("active")
    browser.click("Make the programme")
    expect(page.get_by_role("status")).to_have_text("Done.")
    expect(page.locator("[name=reward_percent]")).to_have_value("12.5")
    browser.fill(title="Banner", url="https://shop.example.com/b.png")
    page.get_by_label("Kind", exact=True).select_option("banner")
    browser.click("Add", exact=True)
    expect(page.get_by_role("rowheader", name="Banner")).to_be_visible()

    browser.click("Conversions", role="link")
    browser.fill(csv=f"program_id,order_id,decision,reason\n{network.program},ORDER-2,approve,\n{network.program},nothing,reject,x\n")
    browser.click("Dry run")
    expect(page.get_by_role("status")).to_contain_text("Line 3")
    browser.fill(csv=f"program_id,order_id,decision,reason\n{network.program},ORDER-2,approve,\n")
    browser.click("Apply all")
    expect(page.get_by_role("status")).to_contain_text("Applied.")
    network.act("agent.track_click", {"partnership_id": network.partnership["id"]})
    click = network.act("agent.track_click", {"partnership_id": network.partnership["id"]})
    network.order("ORDER-3")
    page.goto("/affiliate/advertiser/conversions")
    browser.click("Approve ORDER-3")
    expect(page.get_by_role("status")).to_have_text("Done.")

    browser.click("Integration", role="link")
    token = network.ask("advertiser", "GET", "/postback-token")["token"]
    expect(page.locator("pre code").first).to_have_text(token)
    browser.fill(click_id=click["lp_url"].split("souk_click=")[1], order_id="TEST-1", amount="100")
    page.locator("[name=program_id]").select_option(str(network.program))
    browser.click("Test the postback")
    expect(page.get_by_role("status")).to_contain_text("It counts")
    browser.fill(order_id="TEST-2")
    browser.click("Test the image")
    expect(page.get_by_role("status")).to_contain_text("conversion=")
    browser.check("affiliate-guide")


def test_an_operator_sets_tax_closes_a_month_and_pays(network, browser):
    page = browser.page
    sign_in(browser, network.keys["operator"])
    row = page.get_by_role("row", name="my-agent")
    row.get_by_label("Tax").select_option("flat")
    page.get_by_role("button", name="Save my-agent").click()
    expect(page.get_by_role("status")).to_have_text("Done.")
    assert network.ask("operator", "GET", "/operator/accounts?role=agent")["accounts"][0]["tax_regime"] == "flat"
    months = network.ask("operator", "GET", "/operator/months")
    now = httpx.get(f"{network.url}/health").json()["timestamp"]
    year, month = int(now[:4]), int(now[5:7])
    following = f"{year + month // 12}-{month % 12 + 1:02d}"
    assert httpx.post(f"{network.url}/sandbox/clock", json={"now": f"{following}-02T00:00:00Z"}).status_code == 200
    network.ask("operator", "POST", f"/operator/months/{months['next_month']}/close")
    sign_in(browser, network.keys["operator"])
    # Two months are over: the one that was closed had nothing in it.
    browser.click("Months", role="link")
    for _ in range(50):
        page.reload()
        if page.get_by_role("button", name=f"Close the month {now[:7]}").count():
            break
        page.wait_for_timeout(100)
    browser.check("affiliate-preview")
    browser.click(f"Close the month {now[:7]}")
    for _ in range(50):
        page.reload()
        if page.locator(".state-closed").count():
            break
        page.wait_for_timeout(100)
    expect(page.get_by_role("row", name="my-agent")).to_contain_text("¥")
    row = page.get_by_role("row", name="my-agent")
    row.get_by_label("Reference").fill("wire 42")
    row.get_by_role("button").click()
    expect(page.get_by_role("row", name="my-agent").locator(".state-paid")).to_be_visible()
    browser.check("affiliate-month")
    browser.click("Settings", role="link")
    browser.fill(transfer_fees="*,0,x")
    browser.click("Save")
    expect(page.get_by_role("alert")).to_contain_text("transfer_fees")
    browser.errors.clear()
    payout = network.act("publisher.earnings_payouts", {})["payouts"][0]
    assert payout["withholding_tax"] == payout["gross_reward"] * 1021 // 10000 or payout["gross_reward"] > 1_000_000
    assert payout["reference"] == "wire 42"


PAGES = {
    None: {"front": "/", "sign-in": "/sign-in", "sign-up": "/sign-up"},
    "agent": {
        "earnings": "/publisher/earnings", "search": "/publisher/programs?keyword=AI", "nothing": "/publisher/programs?keyword=zzz",
        "program": "/publisher/programs/1", "partnerships": "/publisher/partnerships", "links": "/publisher/partnerships/1",
        "conversions": "/publisher/conversions", "conversion": "/conversions/1", "reports": "/publisher/reports?start_date={first}",
        "payouts": "/publisher/payouts", "account": "/account", "keys": "/account/keys", "notifications": "/account/notifications",
        "webhooks": "/account/webhooks",
    },
    "advertiser": {
        "programs": "/advertiser/programs", "new": "/advertiser/programs/new", "one": "/advertiser/programs/1",
        "requests": "/advertiser/requests", "decide": "/advertiser/conversions", "report": "/advertiser/reports?group_by=publisher&start_date={first}",
        "guide": "/advertiser/guide",
    },
    "operator": {
        "accounts": "/operator/accounts", "categories": "/operator/categories", "months": "/operator/months", "fraud": "/operator/fraud",
        "settings": "/operator/settings", "all": "/operator/reports?start_date={first}",
    },
}


@pytest.mark.parametrize("locale", ["en-US", "ja-JP"])
@pytest.mark.parametrize("window", WINDOWS)
def test_every_page_is_whole_and_accessible(chromium, network, window, locale):
    theme = {"wide": "light", "narrow": "dark"}[window] if locale == "en-US" else {"wide": "dark", "narrow": "light"}[window]
    for role, pages in PAGES.items():
        browser = Browser(chromium, network.url, window=window, theme=theme, locale=locale)
        if role:
            sign_in(browser, network.keys[role])
        for name, path in pages.items():
            assert browser.page.goto("/affiliate" + path.format(first=network.first)).status == 200, path
            assert browser.page.locator("html").get_attribute("lang") == locale[:2]
            browser.check(f"affiliate-{name}")
        browser.context.close()
