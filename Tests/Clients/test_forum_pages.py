"""The forum's pages as readers, members, moderators, partners and the operator use them, in Chromium."""

import re

import httpx
import pytest
from browser import LOOKS, Browser
from conftest import Souk
from test_forum import Partner

PASSWORD = "a long password"
THREAD = "/forum/threads/kyoto/when-are-the-leaves-red"
LONG = "All the small things that one should know before a trip to the mountains in winter, and some of the larger ones, with the buses, the passes and the baths."
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Place:
    """A forum with a partner, two members and a thread, in which one post waits and one is reported."""

    def __init__(self, directory):
        self.souk = Souk(
            directory, SOUK_OUTBOUND_ALLOW="127.0.0.1", SOUK_LIMITS_ADDRESS_PER_MINUTE="0", SOUK_FORUM_SHOP_HOSTS="esim.example"
        ).start()
        self.url = self.souk.url
        self.boss = self.souk.key("operator", "boss", surface="forum")
        self.partner = Partner(self.souk, "klook.com")
        self.agent = self.partner.agent("Klook Itinerary", personaCardUrl="https://klook.com/ai")
        opening = self.partner.post(
            self.agent,
            f"Mid **November**. {HOSTILE} An [eSIM](https://esim.example/japan) helps, and [this](javascript:alert(3)) does not.",
            thread={"title": "When are the leaves red?", "category": "kyoto"},
        ).json()["data"]
        self.thread, self.post = opening["threadId"], opening["postId"]
        self.members = {name: self.member(name) for name in ("hanako", "ken")}
        reply = self.ask("hanako").post(f"/threads/{self.thread}/posts", json={"body": f"Thank you! {HOSTILE}", "parentId": self.post})
        self.reply = reply.json()["postId"]
        for end in ("today.", "zebra."):
            waits = self.partner.post(self.agent, f"{LONG} {end}", threadId=self.thread)
        assert waits.json()["data"]["state"] == "queued"
        self.waiting = waits.json()["data"]["postId"]

    def api(self, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{self.url}/forum/api/forum/v1", headers=headers, timeout=30)

    def ask(self, name):
        return self.api(self.members[name])

    def member(self, name, level=3):
        made = self.api().post("/members", json={"username": name, "email": f"{name}@example.org", "password": PASSWORD})
        assert made.status_code == 201, made.text
        self.api(self.boss).put(f"/members/{name}/level", json={"level": level})
        return made.json()["token"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("forum-pages"))
    yield place
    assert place.souk.command("verify").returncode == 0
    assert place.souk.stop() == 0


def sign_in(browser, email):
    browser.page.goto("/forum/sign-in")
    browser.fill(email=email, password=PASSWORD)
    browser.page.locator("main form button").first.click()


def as_operator(browser, key):
    browser.page.goto("/forum/sign-in")
    browser.page.locator("main summary").click()
    browser.fill(key=key)
    browser.page.locator("details button").click()


@pytest.mark.parametrize("locale", LOOKS)
def test_everybody_reads(place, chromium, locale):
    language = locale[:2]
    has_axe = locale in ("en-US", "ja-JP")
    for window, theme in LOOKS[locale]:
        browser = Browser(chromium, place.url, window=window, theme=theme, locale=locale, has_axe=has_axe)
        see = browser.check if has_axe else browser.look
        for name, path in {
            "list": f"/{language}/forum", "thread": f"/{language}{THREAD}", "humans": f"/{language}{THREAD}?ai=exclude",
            "search": f"/{language}/forum/search?q=leaves", "member": f"/{language}/forum/members/hanako",
            "missing": f"/{language}/forum/threads/kyoto/none", "apply": "/agents/apply", "sign-up": "/sign-up", "sign-in": "/sign-in",
        }.items():
            browser.errors.clear()
            browser.page.goto("/forum" + path)
            browser.errors[:] = [error for error in browser.errors if "404" not in error]
            see(f"forum-{name}")
            assert browser.page.locator("script:not([type])").count() == 0
            # Vietnamese has words that look like English ones.
            if language in ("ja", "zh"):
                assert not browser.english("Souk", "Klook Itinerary", "klook.com"), (name, browser.english("Klook Itinerary"))
        browser.page.context.close()


def test_nothing_that_people_write_runs(place):
    for path in (f"/en{THREAD}", f"/en{THREAD}?ai=only", "/en/forum/search?q=alert", "/en/forum/feed.atom", "/en/forum/feed.json"):
        text = httpx.get(f"{place.url}/forum{path}").text
        assert "<script>alert" not in text and "<img" not in text and "href=\"javascript:" not in text, path
    page = httpx.get(f"{place.url}/forum/en{THREAD}").text
    linked = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1)
    assert "<" not in linked


def test_what_belongs_to_an_ad_and_to_ai_stands_everywhere(place):
    page = httpx.get(f"{place.url}/forum/ja{THREAD}").text
    assert "広告（PR）：このリンクから購入されると、klook.comに報酬が支払われます。" in page and "（PR）" in page and "AIによる投稿" in page
    assert 'rel="sponsored nofollow ugc noopener"' in page and "esim.example" not in page
    for path in ("/en/forum/feed.atom", "/en/forum/feed.json", "/en/forum/search?q=November"):
        text = httpx.get(f"{place.url}/forum{path}").text
        assert "Ad: klook.com earns a commission" in text and "AI-generated" in text, path


def test_a_stranger_finds_nothing_that_is_not_shown(place):
    """A crawl without a session: no queued text, address, note or reporter."""
    seen, todo = set(), ["/forum/en/forum", "/forum/sitemap.xml", "/forum/robots.txt", "/forum/en/forum/feed.json", "/forum/openapi.json"]
    with httpx.Client(base_url=place.url, follow_redirects=False) as client:
        while todo and len(seen) < 300:
            path = todo.pop()
            if path in seen or "next=" in path:
                continue
            seen.add(path)
            text = client.get(path).text
            for secret in ("zebra", "ken@example.org", place.waiting, place.boss, place.partner.secret, place.members["ken"]):
                assert secret not in text, (path, secret)
            todo += [link.replace(place.url, "") for link in re.findall(r'(?:href="|<loc>)([^"<#]+)', text) if link.replace(place.url, "").startswith("/forum")]
    assert len(seen) > 40


def test_a_member_writes_and_edits_without_script(place, chromium):
    context = chromium.new_context(base_url=place.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/forum/sign-up")
    for name, value in {"username": "linh", "displayName": "Linh", "email": "linh@example.org", "password": PASSWORD}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button").click()
    page.goto("/forum/threads/new?category=osaka")
    page.locator("[name=title]").fill("Which pass for three days?")
    page.locator("[name=body]").fill("I stay in **Namba**.")
    page.get_by_role("button", name="Create the thread").click()
    assert page.url.endswith("/forum/threads/osaka/which-pass-for-three-days#post-1")
    assert page.locator(".post strong").first.inner_text() == "Namba"
    page.get_by_role("link", name="Edit").click()
    page.locator("[name=body]").fill("I stay in **Umeda**.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="edited").click()
    assert page.locator("del").inner_text() == "I stay in **Namba**." and "Umeda" in page.locator("ins").first.inner_text()
    # Too soon after the last post: the page says when, and keeps what was written.
    page.goto(f"/forum/threads/{place.thread}/reply")
    page.locator("[name=body]").fill("Me, too.")
    page.get_by_role("button", name="Reply").click()
    assert "You can write again at" in page.locator("[role=alert]").inner_text() and page.locator("[name=body]").input_value() == "Me, too."
    context.close()


def test_a_moderator_decides_and_undoes(place, chromium):
    for name in ("hanako", "ken"):
        answer = place.ask(name).post(f"/posts/{place.post}/reports", json={"reason": "other", "note": "The month is wrong"} if name == "ken" else {"reason": "false"})
        assert answer.status_code == 201, answer.text
    browser = Browser(chromium, place.url)
    as_operator(browser, place.boss)
    browser.page.goto("/forum/moderation")
    browser.check("forum-queue")
    assert browser.page.locator("tbody tr").count() == 2
    browser.page.goto(f"/forum/moderation/posts/{place.post}")
    browser.check("forum-case")
    assert "The month is wrong" in browser.page.locator("main").inner_text()
    browser.page.locator("[name=decision]").select_option("remove")
    browser.fill(reason="false")
    browser.page.locator("main form button").first.click()
    # The author is told why; without a note, nothing happens and what was typed stays.
    assert browser.page.locator("[role=alert]").count() == 1 and browser.page.locator("[name=reason]").input_value() == "false"
    browser.errors.clear()
    browser.fill(note="The leaves are red earlier.")
    browser.page.locator("[name=decision]").select_option("remove")
    browser.page.locator("main form button").first.click()
    assert "removed" in browser.page.locator(".state").first.inner_text()
    page = httpx.get(f"{place.url}/forum/en{THREAD}").text
    assert "This post is hidden." in page and "November" not in page
    browser.click("Undo the last decision")
    browser.page.locator("[name=decision]").select_option("dismiss")
    browser.fill(reason="It is right")
    browser.page.locator("main form button").first.click()
    assert "November" in httpx.get(f"{place.url}/forum/en{THREAD}").text
    browser.page.goto("/forum/moderation/decisions")
    browser.check("forum-decisions")
    assert "undone" in browser.page.locator("main").inner_text()
    browser.page.goto("/forum/moderation/words")
    browser.fill(word="casino")
    browser.click("Block")
    browser.check("forum-words")
    browser.page.context.close()


def test_a_platform_applies_and_gets_its_token_once(place, chromium):
    partner = Browser(chromium, place.url)
    partner.page.goto("/forum/agents/apply")
    partner.fill(name="Tabi Travel", domain="tabi.example", contactName="Mio", contactEmail="mio@tabi.example", password=PASSWORD,
                 description="Local itineraries, written by our agent.")
    partner.page.locator("[name=acceptTerms]").check()
    partner.page.get_by_role("button", name="Apply").click()
    assert partner.page.url.endswith("/forum/partners")
    partner.check("forum-applied")
    boss = Browser(chromium, place.url)
    as_operator(boss, place.boss)
    boss.page.goto("/forum/operator/partners")
    boss.check("forum-partners")
    boss.page.locator("section", has_text="tabi.example").get_by_role("button", name="Decide").click()
    boss.confirm()
    partner.page.goto("/forum/partners")
    partner.check("forum-dashboard")
    partner.click("Create a token")
    token = partner.page.locator("pre").first.inner_text()
    partner.check("forum-token")
    assert token.startswith("gjp_")
    partner.page.reload()
    partner.page.goto("/forum/partners")
    assert token not in partner.page.content()
    client = httpx.Client(base_url=f"{place.url}/forum/api/v1", headers={"Authorization": f"Bearer {token}"})
    assert client.get("/agents/me/stats").status_code == 200
    partner.click("Create a token")
    assert client.get("/agents/me/stats").status_code == 401
    for name in ("agents", "posts", "webhooks", "payouts"):
        partner.page.goto(f"/forum/partners/{name}")
        partner.check(f"forum-partner-{name}")
    for name in ("agents", "months", "members"):
        boss.page.goto(f"/forum/operator/{name}")
        boss.check(f"forum-operator-{name}")
    partner.page.context.close()
    boss.page.context.close()


@pytest.mark.parametrize("locale", LOOKS)
def test_pages_of_the_signed_in_in_every_language(place, chromium, locale):
    for window, theme in LOOKS[locale]:
        browser = Browser(chromium, place.url, window=window, theme=theme, locale=locale, has_axe=locale == "vi-VN")
        as_operator(browser, place.boss)
        for path in ("moderation", f"moderation/posts/{place.waiting}", "moderation/words", "operator/partners", "operator/agents", "operator/months", "operator/members"):
            browser.page.goto(f"/forum/{path}")
            (browser.check if locale == "vi-VN" else browser.look)(f"forum-{path.split('/')[-1][:12]}")
            if locale[:2] in ("ja", "zh"):
                said = browser.english("Souk", "Klook Itinerary", "Local itineraries, written by our agent.")
                assert not said, (path, said)
        browser.page.context.close()


def test_forms_of_other_sites_do_nothing(place):
    with httpx.Client(base_url=f"{place.url}/forum", follow_redirects=False) as client:
        answer = client.post("/sign-in", data={"email": "hanako@example.org", "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert client.post("/sign-in", data={"email": "hanako@example.org", "password": PASSWORD}).status_code == 303
        for path in (f"/threads/{place.thread}/reply", "/account", "/account/deletion", f"/posts/{place.post}/report"):
            answer = client.post(path, data={"body": "x", "password": PASSWORD, "reason": "spam"})
            assert answer.status_code == 403, (path, answer.status_code)
        # Nor is what others may do open to a member.
        for path in ("/moderation", "/operator/partners", "/partners"):
            assert client.get(path).status_code == 403, path
