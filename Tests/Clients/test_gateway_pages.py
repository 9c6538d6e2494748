"""The gateway's pages in Chromium: somebody who begins, an administrator with models, traces and budgets, then every page in both widths and themes."""

import re
import time

import pytest
from browser import LOOKS, Browser
from gatewaykit import MODEL, Gateway
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway(tmp_path_factory.mktemp("pages"))
    gateway.model.script = lambda body: {"text": "The model says hello to you.", "pause": 0.05}
    yield gateway
    gateway.verify()
    assert gateway.souk.stop() == 0


@pytest.fixture
def browser(chromium, gateway):
    browser = Browser(chromium, f"http://localhost:{gateway.souk.port}")
    yield browser
    browser.context.close()


def sign_in(browser, key):
    browser.page.goto("/gateway/sign-in")
    browser.page.locator("#key").fill(key)
    browser.page.locator("form[action$='/sign-in'] button").click()


def say(page, text):
    page.locator("#message").fill(text)
    page.get_by_role("button", name="Send").click()


def test_a_first_chat_comes_word_by_word_and_is_kept(gateway, browser):
    page = browser.page
    sign_in(browser, gateway.key("write"))
    browser.click("Chat", role="link")
    browser.check("gateway-chat")
    browser.click("New conversation", role="link")
    # Watched from within, since a busy machine may not look in time.
    page.evaluate(
        "() => { window.seen = new Set(); new MutationObserver(() => document.querySelectorAll('.said-assistant').forEach(e => seen.add(e.innerText)))"
        ".observe(document.querySelector('main'), {subtree: true, childList: true, characterData: true}) }"
    )
    say(page, "Hello, who are you?")
    expect(page.locator(".said-assistant").last).to_contain_text("to you.")
    # There are words before there is the whole answer.
    assert page.evaluate("() => [...seen].filter(text => text.includes('The') && !text.includes('to you.')).length") >= 1
    browser.check("gateway-conversation")
    page.reload()
    expect(page.locator(".said-user")).to_contain_text("Hello, who are you?")
    expect(page.locator(".said-assistant")).to_contain_text("The model says hello to you.")
    browser.click("All conversations", role="link")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_chat_can_be_stopped(gateway, browser):
    page = browser.page
    gateway.model.script = lambda body: {"text": "on and " * 100, "pause": 0.1}
    sign_in(browser, gateway.key("write"))
    page.goto("/gateway/chat/helper?session=long")
    say(page, "Go on.")
    expect(page.locator(".said-assistant").last).to_contain_text("on and")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    deadline = time.monotonic() + 5
    while gateway.ok(gateway.admin.get("/v1/traces?status=running"))["total"] and time.monotonic() < deadline:
        time.sleep(0.1)
    trace = gateway.ok(gateway.admin.get("/v1/traces?limit=1"))["traces"][0]
    assert (trace["status"], trace["stop_reason"]) == ("cancelled", "client_disconnected")
    gateway.model.script = lambda body: {"text": "The model says hello to you.", "pause": 0.05}


def test_a_chat_works_without_a_script(gateway, chromium):
    context = chromium.new_context(base_url=f"http://localhost:{gateway.souk.port}", java_script_enabled=False)
    page = context.new_page()
    page.goto("/gateway/sign-in")
    page.locator("#key").fill(gateway.key("write"))
    page.locator("form[action$='/sign-in'] button").click()
    page.goto("/gateway/chat/helper?session=plain")
    say(page, "Hello without a script.")
    expect(page.locator(".said-assistant")).to_contain_text("The model says hello to you.")
    context.close()


def test_an_agent_on_a_provider_of_ones_own(gateway, browser):
    page = browser.page
    sign_in(browser, gateway.token)
    browser.click("Providers", role="link")
    browser.fill(name="mine", api_base=gateway.model.url, api_key="sk-mine-123456", default_model=MODEL)
    page.locator("[name=provider_type]").select_option("vllm")
    browser.click("Add", exact=True)
    row = page.get_by_role("row").filter(has_text="mine")
    assert "sk-mine" not in page.content()
    row.get_by_role("button", name="Test").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"The provider responded", re.I))
    browser.check("gateway-providers")
    browser.click("Agents", role="link")
    browser.fill(display_name="My helper", owner_id="ada", provider="mine", system_prompt="You are brief.")
    browser.click("Create", exact=True)
    expect(page.get_by_role("heading", name="My helper")).to_be_visible()
    browser.check("gateway-agent")
    page.locator("a.button").click()
    say(page, "Hello, my own one.")
    expect(page.locator(".said-assistant").last).to_contain_text("to you.")
    assert "You are brief." in gateway.model.seen["messages"][0]["content"]


def test_a_price_is_set_on_the_page_of_its_provider(gateway, browser):
    page = browser.page
    sign_in(browser, gateway.token)
    page.goto("/gateway/providers")
    browser.click("up", role="link", exact=True)
    browser.fill(model="m-new", input="0.25", output="1.5", source="the list of today")
    browser.click("Save")
    row = page.get_by_role("row").filter(has_text="m-new")
    expect(row).to_contain_text("0.25")
    expect(row).not_to_contain_text("older than 90 days")
    prices = gateway.ok(gateway.admin.get(f"/v1/providers/{gateway.provider}/prices"))["prices"]
    assert {MODEL, "m-new"} <= {price["model"] for price in prices}
    browser.fill(model="m-bad", input="a lot", output="1", source="x")
    browser.click("Save")
    expect(page.get_by_role("alert").first).to_be_visible()


def test_a_trace_tells_what_an_answer_cost_and_which_budget_paid_it(gateway, browser):
    page = browser.page
    calls = [{"calls": [("write_file", {"path": "a.txt", "content": "x"})]}, {"text": "It is written."}]
    gateway.model.script = lambda body: calls[1] if body["messages"][-1]["role"] == "tool" else calls[0]
    sign_in(browser, gateway.token)
    page.goto("/gateway/chat/helper?session=trace")
    say(page, "Write it down.")
    expect(page.locator(".said-tool")).to_contain_text("write_file")
    expect(page.locator(".said-assistant").last).to_contain_text("It is written.")
    browser.click("Traces", role="link")
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("img", name="Steps")).to_be_visible()
    steps = page.locator("table").first
    for name in ["invoke_agent helper", f"chat {MODEL}", "execute_tool write_file"]:
        expect(steps).to_contain_text(name)
    expect(page.locator("dl.figures")).to_contain_text("0.00024")
    browser.check("gateway-trace")
    postings = page.locator("table").last
    expect(postings).to_contain_text("0.00012")
    browser.click("Budgets", role="link")
    page.locator("tbody th a").first.click()
    browser.check("gateway-budget")
    page.locator("table a").first.click()
    expect(page.get_by_role("img", name="Steps")).to_be_visible()
    gateway.model.script = lambda body: {"text": "The model says hello to you.", "pause": 0.05}


def test_a_budget_that_is_used_up_stops_the_chat_and_a_raised_one_lets_it_go_on(gateway, browser):
    page = browser.page
    gateway.agent("thrifty")
    sign_in(browser, gateway.token)
    browser.click("Budgets", role="link")
    page.locator("[name=scope]").select_option("agent")
    browser.fill(subject="thrifty", limit="0.000001")
    browser.click("Save")
    expect(page.get_by_role("row").filter(has_text="0.000001")).to_be_visible()
    browser.check("gateway-budgets")
    page.goto("/gateway/chat/thrifty?session=poor")
    say(page, "Hello?")
    expect(page.locator(".said-assistant").last).not_to_be_empty()
    expect(page.locator("main")).to_contain_text(re.compile("budget|quota|failed", re.I))
    assert not gateway.ok(gateway.admin.get("/v1/traces?agent=thrifty&status=completed"))["total"]
    page.goto("/gateway/agents/thrifty")
    browser.fill(budget_monthly_cents="100")
    browser.click("Save")
    page.goto("/gateway/chat/thrifty?session=rich")
    say(page, "And now?")
    expect(page.locator(".said-assistant").last).to_contain_text("to you.")


def test_a_key_is_shown_once_and_revoked(gateway, browser):
    page = browser.page
    sign_in(browser, gateway.token)
    browser.click("Keys", role="link")
    browser.fill(name="for ada", owner_id="ada")
    page.locator("[name=scopes][value='operator.read'], [name=scopes][value='read']").first.check()
    browser.click("Create", exact=True)
    key = page.locator("pre").inner_text().strip()
    assert re.fullmatch("goclaw_[0-9a-f]{32}", key)
    browser.check("gateway-key")
    page.goto("/gateway/keys")
    assert key not in page.content()
    assert gateway.admin.get("/v1/agents", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    page.get_by_role("row").filter(has_text="for ada").get_by_role("button").click()
    browser.confirm()
    assert gateway.admin.get("/v1/agents", headers={"Authorization": f"Bearer {key}"}).status_code == 401


PAGES = {
    "front": "/", "chat": "/chat", "conversation": "/chat/helper?session=x", "agents": "/agents", "agent": "/agents/helper",
    "providers": "/providers", "keys": "/keys", "budgets": "/budgets", "traces": "/traces", "usage": "/usage",
}


@pytest.mark.parametrize("locale", LOOKS)
def test_every_page_is_whole_and_accessible(chromium, gateway, locale):
    has_axe = locale in ("en-US", "vi-VN")
    browser = Browser(chromium, f"http://localhost:{gateway.souk.port}", locale=locale, has_axe=has_axe)
    sign_in(browser, gateway.token)
    # The tests before may have run in another process.
    gateway.model.script = lambda body: {"text": "Hello."}
    gateway.openai().chat.completions.create(model="goclaw:helper", messages=[{"role": "user", "content": "Hello"}])
    trace = gateway.ok(gateway.admin.get("/v1/traces?limit=1"))["traces"][0]["id"]
    more = {"trace": f"/traces/{trace}", "provider": f"/providers/{gateway.provider}"}
    for budget in gateway.ok(gateway.admin.get("/v1/budgets"))["budgets"][:1]:
        more["budget"] = f"/budgets/{budget['id']}"
    for name, path in {**PAGES, **more}.items():
        assert browser.page.goto("/gateway" + path).status == 200, path
        assert browser.page.evaluate("document.documentElement.lang")[:2] == locale[:2], name
        for window, theme in LOOKS[locale]:
            browser.turn(window, theme)
            browser.check(f"gateway-{name}") if has_axe else browser.look(f"gateway-{name}")
    browser.context.close()
