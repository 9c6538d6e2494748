"""Commerce's pages in Chromium: a shopper, a developer and the operator at work, then every page in both widths and themes."""

import json
import re

import httpx
import pytest
from browser import LOOKS, Browser, words
from conftest import Souk
from playwright.sync_api import expect

RATES = "2026-11-20 CNY=0.1405 EUR=1.09 GBP=1.27 JPY=0.0065 VND=0.0000385"
ENGLISH = words("en-US")


class Shop:
    """A server with the demo's catalogue and keys."""

    def __init__(self, directory):
        self.souk = Souk(directory, SOUK_COMMERCE_FX=RATES)
        printed = self.souk.command("seed").stdout
        self.keys = dict(re.findall(r"commerce, (\w+)[^:]*: (\S+)", printed))
        self.souk.start()
        self.url = f"http://localhost:{self.souk.port}"
        self.base = f"{self.url}/commerce"

    def ask(self, method, path, body=None, **headers):
        answer = httpx.request(method, self.base + path, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def invite(self):
        return json.loads(self.souk.command("commerce", "invites", "create").stdout)["invite_code"]

    def close(self):
        assert self.souk.stop() == 0
        verified = self.souk.command("verify", check=False)
        assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("commerce"))
    yield shop
    shop.close()


@pytest.fixture
def browser(chromium, shop):
    browser = Browser(chromium, shop.url)
    yield browser
    browser.context.close()


def sign_in(browser, key):
    browser.page.goto("/commerce/sign-in")
    browser.page.locator("main summary").click()
    browser.page.locator("[name=key]").fill(key)
    browser.page.locator("details button").click()


def sign_up(browser, shop, name):
    browser.page.goto("/commerce/")
    browser.click("Sign up", role="link")
    browser.fill(display_name=name, contact_email=f"{name}@example.com", password="a long password")
    browser.click("Sign up")
    expect(browser.page.get_by_role("heading", name="Account")).to_be_visible()


def test_a_shopper_asks_goes_to_the_shop_and_orders_and_the_operator_sees_why(shop, browser):
    page = browser.page
    page.goto("/commerce/try")
    browser.fill(intent="wireless mouse under $30")
    browser.click("Recommend")
    card = page.locator("article.card").first
    expect(card).to_contain_text("Lumo Glide wireless mouse")
    expect(page.get_by_role("cell", name="<= 30 USD")).to_be_visible()
    browser.check("commerce-try-answer")
    card.get_by_role("link", name=ENGLISH["Commerce"]["cta_shop"]).click()
    expect(page.get_by_role("heading", name="Lumo Glide wireless mouse")).to_be_visible()
    rec = re.search(r"rec_id=(rec_[\w-]+)", page.url).group(1)
    browser.click(ENGLISH["Commerce"]["order_it"])
    expect(page.get_by_role("status")).to_contain_text("DEMO-")
    order = re.search(r"DEMO-[0-9A-F]{16}", page.get_by_role("status").inner_text()).group(0)
    sign_in(browser, shop.keys["supply"])
    browser.click("Orders", role="link")
    browser.click(order, role="link")
    expect(page.get_by_text(rec).first).to_be_visible()
    expect(page.get_by_text("wireless mouse under $30").first).to_be_visible()
    browser.check("commerce-why")


def test_a_developer_signs_up_shows_an_invite_and_makes_a_key(shop, browser):
    page = browser.page
    sign_up(browser, shop, "dora")
    browser.fill(invite_code="INV-0000-0000-0000")
    browser.click("Verify")
    expect(page.get_by_role("alert")).to_be_visible()
    browser.errors.clear()  # The console notes the refusal.
    browser.fill(invite_code=shop.invite())
    browser.click("Verify")
    browser.click(ENGLISH["Commerce"]["make_a_key"], role="link")
    browser.fill(label="my agent")
    browser.click("Create", exact=True)
    key = page.locator("pre code").inner_text()
    assert key.startswith("MA2A.")
    answer = shop.ask("GET", "/v1/recommend?intent=wireless+mouse", Authorization=f"Bearer {key}")
    assert answer["count"] == 3
    # The log is written in batches.
    for _ in range(50):
        page.goto("/commerce/account/logs")
        if page.get_by_role("row").count():
            break
        page.wait_for_timeout(200)
    expect(page.get_by_role("row").nth(1)).to_contain_text("/v1/recommend")
    page.goto("/commerce/account/keys")
    page.get_by_role("button", name=re.compile("Show again")).click()
    expect(page.locator("pre code")).to_have_text(key)
    page.goto("/commerce/account/keys")
    page.get_by_role("button", name=re.compile("Delete")).click()
    browser.confirm()
    refused = httpx.get(f"{shop.base}/v1/recommend?intent=mouse", headers={"Authorization": f"Bearer {key}"})
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_api_key")


def test_the_operator_opens_a_merchant_imports_and_withdraws(shop, browser, tmp_path):
    page = browser.page
    sign_in(browser, shop.keys["supply"])
    page.goto("/commerce/operator/merchants")
    browser.fill(merchant_id="tea-house")
    page.locator("section form button, main form.fields button").last.click()
    expect(page.locator("main")).to_contain_text("mrt_")
    feed = tmp_path / "feed.jsonl"
    lines = [
        {"id": "t1", "title": "Green tea sencha 200 g", "description": "Tea from Uji", "link": "https://tea.example.com/t1", "price": "12.50 USD", "availability": "in_stock", "brand": "Uji"},
        {"id": "t2", "title": "Broken tea", "price": "many"},
    ]
    feed.write_text("\n".join(json.dumps(line) for line in lines))
    page.goto("/commerce/operator/imports")
    browser.check("commerce-imports")
    form = page.locator("main form.fields").last
    form.locator("[name=merchant_id]").select_option("tea-house") if form.locator("select[name=merchant_id]").count() else form.locator("[name=merchant_id]").fill("tea-house")
    form.locator("[name=file]").set_input_files(str(feed))
    form.locator("button").click()
    for _ in range(50):
        page.goto("/commerce/operator/imports")
        if "done" in page.locator("tbody tr").first.inner_text().lower():
            break
        page.wait_for_timeout(200)
    expect(page.locator("tbody tr").first).to_contain_text("tea-house")
    browser.check("commerce-imports-done")
    page.goto("/commerce/operator/products?q=sencha")
    expect(page.locator("tbody tr")).to_have_count(1)
    browser.page.get_by_role("button", name=re.compile("Withdraw")).first.click()
    browser.confirm()
    found = httpx.get(f"{shop.base}/v1/recommend?intent=green+tea+sencha", headers={"Authorization": f"Bearer {shop.keys['developer']}"}).json()
    assert all("sencha" not in card["product"]["title"] for card in found["items"])


PAGES = {
    None: {"front": "/", "try": "/try", "cards": "/try?intent=200元以内的无线鼠标", "sign-in": "/sign-in", "sign-up": "/sign-up", "connect": "/connect", "product": "/p/101"},
    "console": {"account": "/account", "keys": "/account/keys", "logs": "/account/logs"},
    "supply": {
        "report": "/operator/report", "imports": "/operator/imports", "products": "/operator/products", "orders": "/operator/orders",
        "merchants": "/operator/merchants", "invites": "/operator/invites",
    },
}


@pytest.mark.parametrize("locale", LOOKS)
def test_every_page_is_whole_and_accessible(chromium, shop, locale):
    # The languages differ in their words alone: two of them are enough for axe.
    has_axe = locale in ("en-US", "ja-JP")
    for role, pages in PAGES.items():
        browser = Browser(chromium, shop.url, locale=locale, has_axe=has_axe)
        if role == "supply":
            sign_in(browser, shop.keys["supply"])
        elif role:
            browser.page.goto("/commerce/sign-up")
            browser.fill(display_name="Dev", contact_email=f"{locale}@example.com", password="a long password")
            browser.page.locator("main form button").click()
        for name, path in pages.items():
            assert browser.page.goto("/commerce" + path).status == 200, path
            assert browser.page.evaluate("document.documentElement.lang")[:2] == locale[:2], name
            for window, theme in LOOKS[locale]:
                browser.turn(window, theme)
                browser.check(f"commerce-{name}") if has_axe else browser.look(f"commerce-{name}")
        browser.context.close()
