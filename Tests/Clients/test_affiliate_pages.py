"""The affiliate network's consoles in Chromium: journeys in both languages, then every page in both widths and themes."""

import datetime
import os
import re

import httpx
import pytest
from browser import DONE, LOOKS, Browser, words
from conftest import Souk, wait_for
from playwright.sync_api import expect

# The pages' own sentences, so that the journeys can be walked in both languages.
ENGLISH, JAPANESE = words("en-US"), words("ja-JP")
PHRASES = {text: JAPANESE[part][key] for part in ["Web", "Affiliate"] for key, text in ENGLISH[part].items()}
WINDOWS_AND_LANGUAGES = [("wide", "en-US"), ("narrow", "ja-JP")]
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
                "reward_amount": 150000, "status": "active", "hold_days": 0, "self_affiliate": True, "monthly_budget": 9000000,
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


@pytest.fixture(params=WINDOWS_AND_LANGUAGES, ids=["wide-en", "narrow-ja"])
def browser(chromium, network, request):
    window, locale = request.param
    browser = Browser(chromium, network.url, window=window, locale=locale)
    browser.say = lambda phrase: PHRASES[phrase] if locale == "ja-JP" else phrase
    yield browser
    browser.context.close()


def sign_in(browser, key):
    browser.page.goto("/affiliate/sign-in")
    browser.page.locator("main summary").click()
    browser.page.locator("[name=key]").fill(key)
    browser.page.locator("details button").click()


def test_a_publisher_signs_up_finds_a_program_and_earns(network, browser):
    page, say = browser.page, browser.say
    name = f"tester-{browser.name}"
    page.goto("/affiliate/")
    browser.click(say("Sign up as a publisher"), role="link")
    browser.fill(account_name=name, name=name, email=f"{name}@example.com", password="a long password", site_url="https://tester.example.com")
    browser.click(say("Sign up"))
    expect(page.get_by_role("heading", name=say("Earnings"))).to_be_visible()
    browser.click(say("Find a program and apply"), role="link")
    browser.fill(keyword="画像生成")
    browser.click(say("Search"))
    browser.click("Sketch AI", role="link")
    browser.click(say("Apply"), exact=True)
    expect(page.get_by_text(say("Links appear here once the advertiser has approved you."))).to_be_visible()
    request = network.ask("advertiser", "GET", "/partnerships?status=pending")["partnerships"][0]
    assert request["site_url"] == "https://tester.example.com"
    network.ask("advertiser", "POST", f"/partnerships/{request['id']}/approve", {})
    page.reload()
    link = page.locator("pre code").first.inner_text()
    assert link.startswith(f"{network.base}/t/")
    browser.check("affiliate-links")
    visit = httpx.get(link, headers=BROWSER)
    assert visit.status_code == 302
    click = visit.headers["Location"].split("souk_click=")[1]
    token = network.ask("advertiser", "GET", "/postback-token")["token"]
    order = f"P-{browser.name}"
    for _ in range(2):
        answer = httpx.post(f"{network.base}/postback", data={"click_id": click, "order_id": order, "amount": 5000, "token": token})
        assert answer.json()["data"]["reward"] == 150000
    browser.click(say("Conversions"), role="link")
    expect(page.get_by_role("link", name=order)).to_have_count(1)
    browser.click(order, role="link")
    english, japanese = "is the last valid one within 30 days", "以内の最後の有効なクリックです"
    expect(page.get_by_text(japanese if say("Order") == "注文" else english)).to_be_visible()
    browser.check("affiliate-why")
    other = "English" if say("Order") == "注文" else "日本語"
    browser.click(other, role="link")
    expect(page.get_by_text(english if say("Order") == "注文" else japanese)).to_be_visible()
    page.goto(f"/affiliate/language/{'ja' if say('Order') == '注文' else 'en'}?next=/affiliate/account/keys")
    browser.fill(name="laptop")
    browser.click(say("Create"), exact=True)
    key = re.search(r"aa_[0-9a-f]{48}", page.content()).group(0)
    answer = httpx.post(f"{network.base}/api/mcp.php", json={"action": "common.profile"}, headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["data"]["account_name"] == name
    browser.sign_out()
    page.goto("/affiliate/sign-in")
    browser.fill(email=f"{name}@example.com", password="wrong password")
    page.locator("form button").first.click()
    expect(page.get_by_role("alert")).to_contain_text(say("E-mail or password is wrong"))
    browser.errors.clear()
    browser.fill(password="a long password")
    page.locator("form button").first.click()
    expect(page.get_by_role("heading", name=say("Earnings"))).to_be_visible()


def test_an_advertiser_makes_a_program_decides_and_tests(network, browser):
    page, say = browser.page, browser.say
    sign_in(browser, network.keys["advertiser"])
    browser.click(say("New program"), role="link")
    browser.fill(name="Chat Helper", landing_url="https://shop.example.com/chat", reward_percent="12.5")
    browser.click(say("Create the program"))
    expect(page.get_by_role("alert")).to_contain_text(say("Typical order (yen, for a percentage reward)"))
    browser.errors.clear()
    browser.fill(typical_order_amount="9800", campaign_reward="15", campaign_starts_at="2026-01-01T00:00", campaign_ends_at="2030-01-01T00:00")
    page.locator("[name=status]").select_option("active")
    browser.click(say("Create the program"))
    expect(page.get_by_role("status")).to_have_text(DONE)
    expect(page.locator("[name=reward_percent]")).to_have_value("12.5")
    expect(page.locator("[name=campaign_starts_at]")).to_have_value("2026-01-01T00:00")
    browser.fill(title="Banner", url="https://shop.example.com/b.png")
    page.locator("[name=type]").select_option("banner")
    browser.click(say("Add"), exact=True)
    expect(page.get_by_role("rowheader", name="Banner")).to_be_visible()

    made = f"MADE-{browser.name}"
    network.act("agent.track_click", {"partnership_id": network.partnership["id"]})
    network.order(made + "-1")
    network.order(made + "-2")
    page.goto("/affiliate/advertiser/conversions")
    page.locator("main summary").click()
    browser.fill(csv=f"program_id,order_id,decision,reason\n{network.program},{made}-1,approve,\n{network.program},nothing,reject,x\n")
    browser.click(say("Apply all"))
    expect(page.get_by_role("status")).to_contain_text(f"{say('Line')} 3")
    table = f"program_id,order_id,decision,reason\r\n{network.program},{made}-1,approve,\r\n".encode()
    page.locator("[name=file]").set_input_files({"name": "decisions.csv", "mimeType": "text/csv", "buffer": table})
    browser.click(say("Dry run"))
    expect(page.get_by_role("status")).to_contain_text(say("Dry run: nothing has been changed."))
    browser.check("affiliate-csv")
    browser.click(say("Apply all"))
    expect(page.get_by_role("status")).to_contain_text(say("Applied."))
    page.goto("/affiliate/advertiser/conversions")
    browser.click(f"{say('Approve')} {made}-2")
    expect(page.get_by_role("status")).to_have_text(DONE)

    click = network.act("agent.track_click", {"partnership_id": network.partnership["id"]})
    page.goto("/affiliate/advertiser/guide")
    token = network.ask("advertiser", "GET", "/postback-token")["token"]
    expect(page.locator("pre code").first).to_have_text(token)
    browser.fill(click_id=click["lp_url"].split("souk_click=")[1], order_id=f"{made}-3", amount="100")
    page.locator("[name=program_id]").select_option(str(network.program))
    browser.click(say("Test the postback"))
    expect(page.get_by_role("status")).to_contain_text("¥150,000")
    browser.fill(order_id=f"{made}-4")
    browser.click(say("Test the pixel"))
    expect(page.get_by_role("status")).to_contain_text("conversion=")
    browser.check("affiliate-guide")


def test_an_operator_sets_tax_closes_a_month_and_pays(network, browser):
    page, say = browser.page, browser.say
    # Months are Japan's.
    moment = datetime.datetime.fromisoformat(httpx.get(f"{network.url}/health").json()["timestamp"])
    now = moment.astimezone(datetime.timezone(datetime.timedelta(hours=9))).isoformat()
    network.act("agent.track_click", {"partnership_id": network.partnership["id"]})
    order = network.order(f"MONTH-{browser.name}")
    network.ask("advertiser", "POST", f"/conversions/{order['id']}/approve", {})
    sign_in(browser, network.keys["operator"])
    row = page.get_by_role("row", name="my-agent")
    row.locator("[name=tax_regime]").select_option("flat")
    browser.click(f"{say('Save')} my-agent")
    expect(page.get_by_role("status")).to_have_text(DONE)
    assert network.ask("operator", "GET", "/operator/accounts?role=agent")["accounts"][0]["tax_regime"] == "flat"
    year, month = int(now[:4]), int(now[5:7])
    following = f"{year + month // 12}-{month % 12 + 1:02d}"
    assert httpx.post(f"{network.url}/sandbox/clock", json={"now": f"{following}-02T00:00:00Z"}).status_code == 200
    # Months that are over and had nothing come first, each in its turn.
    while (open_month := network.ask("operator", "GET", "/operator/months")["next_month"]) != now[:7]:
        network.ask("operator", "POST", f"/operator/months/{open_month}/close")
        wait_for_closing(network, open_month)
    sign_in(browser, network.keys["operator"])
    page.goto("/affiliate/operator/months")
    browser.check("affiliate-preview")
    browser.click(f"{say('Close the month')} {now[:7]}")
    wait_for_closing(network, now[:7])
    page.goto(f"/affiliate/operator/months/{now[:7]}")
    row = page.get_by_role("row", name="my-agent")
    expect(row).to_contain_text("¥")
    row.locator("[name=reference]").fill("wire 42")
    row.get_by_role("button").click()
    browser.confirm()
    expect(page.get_by_role("row", name="my-agent").locator(".state-paid")).to_be_visible()
    browser.check("affiliate-month")
    page.goto("/affiliate/operator/settings")
    browser.fill(transfer_fees="*,0,x")
    browser.click(say("Save"))
    expect(page.get_by_role("alert")).to_contain_text(say("Transfer fees"))
    browser.errors.clear()
    payout = network.act("publisher.earnings_payouts", {})["payouts"][0]
    gross = payout["gross_reward"]
    assert payout["withholding_tax"] == min(gross, 1_000_000) * 1021 // 10000 + max(0, gross - 1_000_000) * 2042 // 10000
    assert payout["reference"] == "wire 42"


def wait_for_closing(network, month):
    wait_for(lambda: network.ask("operator", "GET", f"/operator/months/{month}")["state"] == "closed")


def test_a_change_of_a_program_shows_what_changes(network, browser):
    page, say = browser.page, browser.say
    sign_in(browser, network.keys["advertiser"])
    page.goto("/affiliate/advertiser/programs/1")
    budget = page.locator("[name=monthly_budget]").input_value()
    browser.fill(monthly_budget="", click_limit="7")
    button = page.get_by_role("button", name=say("Save"), exact=True).first
    button.click()
    facts = page.locator("dl.facts")
    # The name, and what changes; of the budget it is said that there will be none.
    expect(facts.locator("dt")).to_have_count(3)
    expect(facts).to_contain_text(f"¥{int(budget):,} → –")
    expect(facts).to_contain_text("→ 7")
    browser.check("affiliate-change")
    # What is emptied and stays as it is does not change; the same number written otherwise does not, either.
    page.goto("/affiliate/advertiser/programs/1")
    browser.fill(reward_amount="", cookie_days="", name=" " + page.locator("[name=name]").input_value())
    button.click()
    expect(page.locator("dl.facts dt")).to_have_count(1)
    expect(page.get_by_text(words(browser.locale)["Web"]["nothing_changes"])).to_be_visible()


PAGES = {
    None: {"front": "/", "sign-in": "/sign-in", "time-zone": "/time-zone", "sign-up": "/sign-up"},
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
        "accounts": "/operator/accounts", "categories": "/operator/categories", "months": "/operator/months", "jobs": "/account/jobs", "fraud": "/operator/fraud",
        "settings": "/operator/settings", "all": "/operator/reports?start_date={first}",
    },
}


@pytest.mark.parametrize("locale", LOOKS)
def test_every_page_is_whole_and_accessible(chromium, network, locale):
    # The languages differ in their words alone: two of them are enough for axe.
    has_axe = locale in ("en-US", "ja-JP")
    for role, pages in PAGES.items():
        browser = Browser(chromium, network.url, locale=locale, has_axe=has_axe)
        if role:
            sign_in(browser, network.keys[role])
        for name, path in pages.items():
            assert browser.page.goto("/affiliate" + path.format(first=network.first)).status == 200, path
            assert browser.page.evaluate("document.documentElement.lang")[:2] == locale[:2], name
            for window, theme in LOOKS[locale]:
                browser.turn(window, theme)
                browser.check(f"affiliate-{name}") if has_axe else browser.look(f"affiliate-{name}")
            # What a category is about is written by the operator.
            if locale in ("ja-JP", "zh-CN") and name != "categories":
                assert not browser.english("Pictures from words", "Words become pictures", "Draw it"), name
        browser.context.close()


def test_the_switch_stands_before_the_setting_and_the_setting_before_the_browser(chromium, network):
    browser = Browser(chromium, network.url, locale="ja-JP")
    page = browser.page
    spoken = lambda: page.locator("html").get_attribute("lang")  # noqa: E731
    page.goto("/affiliate/sign-up")
    expect(page.get_by_role("link", name="JST")).to_be_visible()
    assert spoken() == "ja"
    page.goto("/affiliate/language/vi?next=/affiliate/sign-up")
    browser.fill(account_name="speaker", name="speaker", email="speaker@example.com", password="a long password")
    page.locator("main form button").click()
    browser.context.clear_cookies(name="souk_language")
    page.goto("/affiliate/account")
    assert spoken() == "vi"
    page.locator("[name=language]").select_option("zh")
    page.locator("form:has([name=language]) button").click()
    assert spoken() == "zh-Hans"
    page.goto("/affiliate/language/en?next=/affiliate/account")
    assert spoken() == "en"
    browser.check("affiliate-language")
    browser.context.close()
