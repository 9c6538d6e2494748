"""The forum as partners use it: agents, posts with their stamps, and the webhooks that tell of them."""

import hashlib
import hmac
import json
import re
import time
import xml.etree.ElementTree as XML
from concurrent.futures import ThreadPoolExecutor

import httpx
import jsonschema
import pytest
from browser import Browser
from conftest import Host, Souk, wait_for
from standardwebhooks import Webhook

GEO = {"iso": "JP-01", "latitude": 42.8045, "longitude": 140.6873, "radiusM": 500, "season": "winter",
       "validFrom": "2026-12-01", "validTo": "2027-03-31"}
SOURCES = [{"url": "https://niseko.example/season-2026", "title": "Niseko Season 2026 Pass"}]


class Partner:
    def __init__(self, souk, domain, *options):
        made = json.loads(souk.command("keys", "create", "--surface", "forum", "--role", "partner", "--owner", domain, *options).stdout)
        self.domain, self.secret = domain, made["webhook_secret"]
        self.client = httpx.Client(base_url=f"{souk.url}/forum", headers={"Authorization": f"Bearer {made['api_key']}"}, timeout=30)

    def register(self, name, **fields):
        body = {"displayName": name, "baseModel": "gpt-5.2", "trainingCutoff": "2026-04-01", **fields}
        return self.client.post("/api/v1/agents", json=body)

    def agent(self, name, **fields):
        answer = self.register(name, **fields)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()["data"]

    def stamp(self, agent, **fields):
        return {"operator": self.domain, "agentId": agent["id"], "model": "gpt-5.2", "trainingCutoff": "2026-04-01",
                "confidence": 0.82, "firstHand": False, "sources": SOURCES, **fields}

    def post(self, agent, body, **fields):
        return self.client.post("/api/v1/posts", json={"body": body, "geo": GEO, "aiWs": self.stamp(agent), **fields})


@pytest.fixture(scope="module")
def souk(tmp_path_factory):
    souk = Souk(tmp_path_factory.mktemp("forum"), SOUK_OUTBOUND_ALLOW="127.0.0.1", SOUK_LIMITS_ADDRESS_PER_MINUTE="0").start()
    yield souk
    assert souk.command("verify").returncode == 0
    assert souk.stop() == 0


@pytest.fixture(scope="module")
def klook(souk):
    return Partner(souk, "klook.com")


@pytest.fixture(scope="module")
def rival(souk):
    return Partner(souk, "rival.example")


def receiver():
    return Host(lambda request: request.reply(200, {}))


def events(host, name):
    return [(headers, body) for _, _, headers, body in host.requests if headers["X-GoJapan-Event"] == name]


def test_an_agent_posts_and_its_partner_is_told(souk, klook, rival):
    ours, theirs = receiver(), receiver()
    scout = klook.agent("Scout", webhookUrl=f"{ours.url}/hook")
    guide = rival.agent("Guide", webhookUrl=f"{theirs.url}/hook")
    opened = klook.post(scout, "The back-bowl opens on **Dec 22** most years.", thread={"title": "When does it open?", "category": "hokkaido"})
    data = opened.json()["data"]
    assert opened.status_code == 201 and opened.headers["location"] == data["permalink"], opened.text
    headers, body = wait_for(lambda: events(ours, "post.created"))[0]
    event = json.loads(body)
    assert event["event"] == "post.created" and event["timestamp"].endswith("Z") and event["id"] == headers["webhook-id"]
    assert event["data"]["postId"] == data["postId"] and event["data"]["authorId"] == scout["id"]
    assert event["data"]["category"] == "hokkaido" and event["data"]["permalink"] == data["permalink"]
    # The contract's signature: the key is the whole text of the secret.
    signature = hmac.new(klook.secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-GoJapan-Signature"] == f"sha256={signature}"
    Webhook(klook.secret).verify(body, {name.lower(): value for name, value in headers.items()})

    reply = rival.post(guide, "And the night skiing begins a week later.", threadId=data["threadId"], parentId=data["postId"]).json()["data"]
    headers, body = wait_for(lambda: events(ours, "post.replied"))[0]
    told = json.loads(body)["data"]
    assert (told["postId"], told["inReplyTo"]["postId"], told["author"]["operator"]) == (reply["postId"], data["postId"], "rival.example")
    assert told["body"].startswith("And the night") and told["context"][0]["excerpt"].startswith("The back-bowl opens on Dec 22")
    wait_for(lambda: events(theirs, "post.created"))
    assert not events(theirs, "post.replied") and len(events(ours, "post.created")) == 1
    page = httpx.get(data["permalink"].split("#")[0].replace("http://localhost", "http://127.0.0.1")).text
    assert "AI-generated" in page and "rival.example" in page and "night skiing" in page


def test_an_answer_to_oneself_is_no_reply(klook):
    host = receiver()
    agent = klook.agent("Monologue", webhookUrl=f"{host.url}/hook")
    thread = klook.post(agent, "First of all, bring warm gloves.", thread={"title": "On gloves", "category": "general"}).json()["data"]
    klook.post(agent, "Secondly, a hat that covers both ears.", threadId=thread["threadId"])
    wait_for(lambda: len(events(host, "post.created")) == 2)
    time.sleep(0.5)
    assert not events(host, "post.replied")


def test_a_queued_post_is_nowhere(souk, klook, rival):
    host = receiver()
    agent = klook.agent("Echo", webhookUrl=f"{host.url}/hook")
    text = "The slopes of Rusutsu are quiet on weekdays, and the lifts open at nine."
    klook.post(agent, text, thread={"title": "Quiet slopes", "category": "hokkaido"})
    again = klook.post(agent, text, thread={"title": "Hidden in the queue", "category": "hokkaido"}).json()["data"]
    assert again["flagged"] and again["state"] == "queued" and again["permalink"] is None and again["score"] > 0.8
    assert "Hidden in the queue" not in httpx.get(f"{souk.url}/forum/en/forum").text
    assert httpx.get(f"{souk.url}/forum/en/forum/threads/hokkaido/hidden-in-the-queue").status_code == 404
    other = rival.agent("Reader")
    refused = rival.post(other, "Is it true?", threadId=again["threadId"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "thread_not_found")
    time.sleep(0.5)
    assert len(events(host, "post.created")) == 1


def moderator(souk):
    key = json.loads(souk.command("keys", "create", "--surface", "forum", "--role", "operator", "--owner", "mod").stdout)["api_key"]
    return httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1/moderation", headers={"Authorization": f"Bearer {key}"}, timeout=30)


def test_a_moderator_decides(souk, klook):
    host, mod = receiver(), moderator(souk)
    agent = klook.agent("Judged", webhookUrl=f"{host.url}/hook")
    text = "The onsen of Noboribetsu are open all night long in the winter season."
    klook.post(agent, text, thread={"title": "Onsen at night", "category": "hokkaido"})
    first, second = (klook.post(agent, text, thread={"title": f"Again {n}", "category": "hokkaido"}).json()["data"]["postId"] for n in range(2))
    waiting = {post["postId"]: post for post in mod.get("/queue").json()["posts"]}
    assert waiting[first]["score"] > 0.8 and "similarity" in [part["name"] for part in waiting[first]["parts"]]
    decide = lambda post, **fields: mod.post(f"/posts/{post}/decision", json={"state": "queued", "reason": "checked", **fields})  # noqa: E731
    approved = decide(first, decision="approve").json()
    assert (approved["state"], approved["number"]) == ("published", 1)
    wait_for(lambda: len(events(host, "post.created")) == 2)
    assert "Again 0" in httpx.get(f"{souk.url}/forum/en/forum").text
    again = decide(first, decision="reject", note="no")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "STATE_CHANGED")
    silent = decide(second, decision="reject")
    assert silent.status_code == 422 and silent.json()["error"]["details"][0]["path"] == "note"
    assert decide(second, decision="reject", note="It says the same again.").json()["state"] == "rejected"
    headers, body = wait_for(lambda: events(host, "post.flagged"))[0]
    told = json.loads(body)["data"]
    assert (told["postId"], told["stage"], told["reviewerNote"], told["state"]) == (second, "decided", "It says the same again.", "rejected")
    gone = mod.post(f"/posts/{first}/decision", json={"state": "published", "decision": "remove", "reason": "spam", "note": "Too much of it."})
    assert gone.json()["state"] == "removed"
    # It was all that the thread had.
    assert httpx.get(f"{souk.url}/forum/en/forum/threads/hokkaido/again-0").status_code == 410
    assert klook.client.get("/api/v1/posts/" + first).json()["data"]["state"] == "removed"
    assert httpx.get(f"{souk.url}/forum/api/forum/v1/moderation/queue").status_code == 401
    assert httpx.get(f"{souk.url}/forum/api/forum/v1/moderation/queue", headers=klook.client.headers).status_code == 403


def test_a_moderator_closes_hides_and_moves_a_thread(souk, klook):
    mod, agent = moderator(souk), klook.agent("Wanderer")
    made = klook.post(agent, "Lockers at Tenjin station are free until noon.", thread={"title": "Lockers at Tenjin", "category": "fukuoka"})
    thread, page = made.json()["data"]["threadId"], f"{souk.url}/forum/en/forum/threads/fukuoka/lockers-at-tenjin"
    change = lambda **fields: mod.patch(f"/threads/{thread}", json={"reason": "As the rules say", **fields})
    found = lambda **query: httpx.get(f"{souk.url}/forum/api/forum/v1/search", params={"q": "lockers tenjin", **query}).json()["posts"]

    assert change(state="closed", category="transport").json()["state"] == "closed"
    refused = klook.post(agent, "Until one on Sundays.", threadId=thread)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "thread_closed")
    # Its address stays, and it is listed and found where it is now.
    assert "closed to new posts" in httpx.get(page).text
    assert "Lockers at Tenjin" in httpx.get(f"{souk.url}/forum/en/forum/categories/transport").text
    assert "Lockers at Tenjin" not in httpx.get(f"{souk.url}/forum/en/forum/categories/fukuoka").text
    wait_for(lambda: found(category="transport") and not found(category="fukuoka"))

    assert change(state="hidden").json()["state"] == "hidden"
    assert httpx.get(page).status_code == 410
    assert httpx.get(f"{souk.url}/forum/api/forum/v1/threads/{thread}").status_code == 404
    wait_for(lambda: not found())
    # What a decision about its post does not show again.
    post = made.json()["data"]["postId"]
    decide = lambda decision, state: mod.post(f"/posts/{post}/decision", json={"decision": decision, "state": state, "reason": "Off topic", "note": "Off topic."})
    assert decide("remove", "published").status_code == 200 and mod.post(f"/posts/{post}/undo").status_code == 200
    assert httpx.get(page).status_code == 410
    assert change(state="open").json()["state"] == "open"
    assert httpx.get(page).status_code == 200 and klook.post(agent, "Until one on Sundays.", threadId=thread).status_code == 201
    wait_for(lambda: found(category="transport"))
    assert change(state="queued").status_code == 422 and change(category="nowhere").status_code == 422


def test_the_operator_names_categories(souk, klook):
    key = json.loads(souk.command("keys", "create", "--surface", "forum", "--role", "operator", "--owner", "namer").stdout)["api_key"]
    api = httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1", headers={"Authorization": f"Bearer {key}"}, timeout=30)
    put = lambda slug, **fields: api.put(f"/operator/categories/{slug}", json={"name_en": "Nara", "order": 4, "open": True, **fields})
    assert put("nara", name_ja="奈良").status_code == 200
    known = {entry["slug"]: entry for entry in api.get("/categories").json()["categories"]}
    assert known["nara"]["names"] == {"en": "Nara", "ja": "奈良", "zh": "Nara", "vi": "Nara"} and known["kyoto"]["names"]["ja"] == "京都"
    agent = klook.agent("Deer watcher")
    post = lambda title: klook.post(agent, f"{title}: the deer sleep until eight.", thread={"title": title, "category": "nara"})
    made = post("Deer in the morning").json()["data"]
    page = lambda: httpx.get(f"{souk.url}/forum/ja/forum/threads/nara/deer-in-the-morning").text
    assert "奈良" in page() and "/en/forum/threads/nara/deer-in-the-morning" in made["permalink"]
    # A new name is on every page at once; a closed category keeps its threads and takes no new ones.
    assert put("nara", name_ja="奈良・吉野", open=False).status_code == 200
    assert "奈良・吉野" in page() and ">nil<" not in page()
    assert post("Deer in the evening").json()["error"]["details"][0]["path"] == "thread.category"
    assert klook.post(agent, "They come back at dusk.", threadId=made["threadId"]).status_code == 201
    refused = [put("Nara!").json(), put("nara", name_en=" ").json(), put("nara", order=-1).json()]
    assert [[fault["path"] for fault in answer["error"]["details"]] for answer in refused] == [["slug"], ["name_en"], ["order"]]
    assert klook.client.put("/api/forum/v1/operator/categories/nara", json={}).status_code == 403


def test_what_leads_nowhere_counts_for_the_hour(souk):
    partner = Partner(souk, "lost.example", "--rate-limit", "3")
    nothing, other = partner.client.get("/api/v1/nothing"), partner.client.put("/api/v1/posts")
    assert (nothing.status_code, other.status_code) == (404, 405)
    assert [answer.headers["ratelimit"].split("r=")[1].split(";")[0] for answer in (nothing, other)] == ["2", "1"]
    # Whoever is over the limit still learns first that there is no such path.
    assert [partner.client.get("/api/v1/agents").status_code, partner.client.get("/api/v1/agents").status_code] == [200, 429]
    assert partner.client.get("/api/v1/nothing").status_code == 404


def test_training_goes_on_beside_the_request(souk):
    mod = moderator(souk)
    begun = mod.post("/filter/train")
    assert begun.status_code == 202 and begun.json()["training"] in ("running", "completed"), begun.text
    ended = wait_for(lambda: (state := mod.get("/filter").json())["training"] == "completed" and state)
    assert ended["newestVersion"] >= 1 and ended["figures"]["both"]["all"]["posts"] >= 0


def decide(mod, post, decision, state, **fields):
    return mod.post(f"/posts/{post}/decision", json={"decision": decision, "state": state, "reason": "Against the rules", "note": "As the rules say.", **fields})


def test_a_moderator_decides_about_the_text_that_they_have_seen(souk, klook):
    mod, agent = moderator(souk), klook.agent("Twice written")
    text = "The onsen of Kinosaki are open from seven in the morning on weekdays."
    klook.post(agent, text, thread={"title": "Onsen of Kinosaki", "category": "etiquette"})
    made = klook.post(agent, text, thread={"title": "Onsen of Kinosaki, again", "category": "etiquette"}).json()["data"]
    assert made["flagged"]
    edit = lambda body: klook.client.patch(f"/api/v1/posts/{made['postId']}", json={"body": body})
    assert edit(text + " Bring a towel.").status_code == 200
    late = decide(mod, made["postId"], "approve", "queued", version=1)
    assert (late.status_code, late.json()["error"]["type"]) == (409, "text_changed")
    assert decide(mod, made["postId"], "approve", "queued", version=2).status_code == 200
    # What was never shown is nobody's business.
    versions = httpx.get(f"{souk.url}/forum/api/forum/v1/posts/{made['postId']}/versions").json()["versions"]
    assert [version["body"] for version in versions] == [text + " Bring a towel."]
    # An agent that was declined stays so, whatever it calls its model.
    boss = httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1/operator", headers=mod.headers, timeout=30)
    changed = klook.agent("Twice written", baseModel="gpt-6")
    seen = boss.post(f"/agents/{changed['id']}/review", json={"decision": "decline", "reason": "It is another one", "version": 1})
    assert (seen.status_code, seen.json()["error"]["type"]) == (409, "agent_changed")
    assert boss.post(f"/agents/{changed['id']}/review", json={"decision": "decline", "reason": "It is another one", "version": 2}).status_code == 200
    assert klook.agent("Twice written", baseModel="gpt-7")["status"] == "declined"
    assert edit("Other words.").status_code == 412


def test_what_is_hidden_stays_hidden(souk, klook):
    mod, agent = moderator(souk), klook.agent("Removed later")
    member(souk, "curious_r")
    made = klook.post(agent, "A secret about the harbour.", thread={"title": "The harbour at night", "category": "fukuoka"}).json()["data"]
    answer = klook.post(agent, "An answer that goes away.", threadId=made["threadId"]).json()["data"]["postId"]
    klook.post(agent, "What stays where it is.", thread={"title": "The harbour by day", "category": "fukuoka"})
    assert decide(mod, answer, "remove", "published").status_code == 200
    for path in (f"/posts/{answer}", f"/posts/{answer}/versions"):
        assert httpx.get(f"{souk.url}/forum/api/forum/v1{path}").status_code == 404
    with httpx.Client(base_url=f"{souk.url}/forum", timeout=30, follow_redirects=True) as page:
        token = lambda text: re.search(r'name="form_token" value="([^"]+)"', text).group(1)
        assert page.post("/sign-in", data={"email": "curious_r@example.org", "password": "long enough to keep"}).status_code == 200
        form = token(page.get("/account").text)
        told = page.post(f"/posts/{answer}/report", data={"form_token": form, "reason": "spam"})
        assert told.status_code == 404 and "goes away" not in told.text
    # A thread that a moderator has hidden takes its posts' versions along, and feeds go on without them.
    change = lambda **fields: mod.patch(f"/threads/{made['threadId']}", json={"reason": "As the rules say", **fields})
    assert change(state="closed", seen="hidden").status_code == 409
    assert change(state="closed", seen="open").status_code == 200 and change(state="hidden", seen="closed").status_code == 200
    assert httpx.get(f"{souk.url}/forum/api/forum/v1/posts/{made['postId']}/versions").status_code == 404
    assert httpx.get(f"{souk.url}/forum/en/forum/feed.json").json()["items"]


def test_what_no_feed_can_carry_is_refused(souk, klook):
    agent, person = klook.agent("Control"), member(souk, "control_p")
    for odd in ("\u0001", "\u000b", "\u001b", "\ufffe", "\u0085"):
        refused = klook.post(agent, f"odd {odd} here", thread={"title": "Odd characters", "category": "food"})
        assert [fault["rule"] for fault in refused.json()["error"]["details"]] == ["control_characters"], repr(odd)
        assert person.post("/threads", json={"title": "Odd characters", "category": "food", "body": f"odd {odd}"}).status_code == 422
    odd = [{"url": "https://niseko.example/x", "title": "a\u202eb"}]
    told = klook.client.post("/api/v1/posts", json={"body": "Fine.", "geo": GEO, "aiWs": klook.stamp(agent, sources=odd), "thread": {"title": "Odd source", "category": "food"}})
    assert [fault["path"] for fault in told.json()["error"]["details"]] == ["aiWs.sources[0].title"]
    made = klook.post(agent, "tab\tand\r\nline", thread={"title": "Tabs and lines", "category": "food"})
    assert made.status_code == 201
    XML.fromstring(httpx.get(f"{souk.url}/forum/en/forum/feed.atom").content)


def test_what_is_blocked_is_found_in_titles_and_sources(souk, klook):
    mod, agent = moderator(souk), klook.agent("Blocked")
    for language, word in (("en", "casinoland"), ("en", "pokerland"), ("host", "spam.example")):
        assert mod.post("/filter/blocked", json={"language": language, "word": word}).status_code == 200
    posted = klook.post(agent, "Where to go in the evening.", thread={"title": "casinoland and pokerland", "category": "food"})
    assert posted.json()["data"]["flagged"]
    stamp = klook.stamp(agent, sources=[*SOURCES, {"url": "https://www.spam.example/src"}])
    body = {"body": "Where to go in the morning.", "geo": GEO, "aiWs": stamp, "thread": {"title": "In the morning", "category": "food"}}
    assert klook.client.post("/api/v1/posts", json=body).json()["data"]["score"] >= 0.99


def test_people_answer_people(souk):
    asker, other = member(souk, "asker_a"), member(souk, "answer_b")
    asked = asker.post("/threads", json={"title": "Is the museum open on Mondays?", "category": "general", "body": "I come on a Monday."}).json()
    told = other.post(f"/threads/{asked['threadId']}/posts", json={"body": "No, on Tuesdays.", "parentId": asked["postId"]})
    assert told.status_code == 201, told.text
    page = httpx.get(f"{souk.url}/forum/en/forum/threads/general/is-the-museum-open-on-mondays").text
    assert "In reply to #1" in page and "nil" not in page and "AI-generated" not in page


def test_a_deleted_members_name_is_nobodys(souk, klook):
    leaver = member(souk, "leaver_l")
    leaver.post("/threads", json={"title": "I was here once", "category": "general", "body": "And I have left."})
    assert leaver.post("/me/deletion", json={"password": "long enough to keep", "withdrawsPosts": False}).status_code in (200, 204)
    again = httpx.post(f"{souk.url}/forum/api/forum/v1/members", json={"username": "leaver_l", "email": "other@example.org", "password": "long enough to keep"})
    assert again.status_code == 409, again.text
    page = f"{souk.url}/forum/ja/forum/threads/general/i-was-here-once"
    assert "退会した会員" in httpx.get(page).text and "退会した会員" in httpx.get(f"{page}/feed.atom").text


def test_the_specification_checks_stamps_without_script(souk):
    page = lambda **form: httpx.post(f"{souk.url}/forum/spec/check", data=form)
    assert "outside_subdivision" in httpx.get(f"{souk.url}/forum/spec").text
    right = page(stamps=json.dumps({"geo": GEO, "aiWs": {"operator": "klook.com", "agentId": "01a22b0b-6a49-7000-b913-ed5d60169abc", "model": "m",
                                    "trainingCutoff": "2026-04-01", "confidence": 0.5, "firstHand": True, "sources": []}}))
    assert right.status_code == 200 and "201 · " in right.text
    wrong = page(stamps=json.dumps({"geo": {**GEO, "iso": "JP-47"}, "aiWs": {}}))
    assert "412 · " in wrong.text and "geo.latitude" in wrong.text and "aiWs.confidence" in wrong.text
    assert "not valid JSON" in page(stamps="{<script>").text and "<script>" not in page(stamps="{<script>").text


def member(souk, name):
    api = httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1", timeout=30)
    person = {"username": name, "email": f"{name}@example.org", "password": "long enough to keep"}
    made = api.post("/members", json=person)
    assert made.status_code == 201, made.text
    api.headers["Authorization"] = "Bearer " + made.json()["token"]
    return api


def test_members_hear_who_answers_and_names_them(souk, klook):
    hanako, agent = member(souk, "hanako_k"), klook.agent("Guide of Nara", username="nara-guide")
    opened = hanako.post("/threads", json={"title": "Deer at dawn", "category": "general", "body": "Are they awake at five, @nara-guide?"}).json()
    reply = klook.post(agent, "From four, @Hanako_K and @hanako_k; ask x@hanako_k, me@nara-guide or @nobody-of-this-name.", threadId=opened["threadId"])
    assert reply.status_code == 201, reply.text
    other = klook.post(agent, "Buses leave from the station: @hanako_k knows.", thread={"title": "Buses in Nara", "category": "transport"}).json()["data"]
    klook.post(agent, "And trams do not, @hanako_k.", threadId=other["threadId"])

    notices = hanako.get("/notices").json()["notices"]
    # Who is answered is not told of their name as well, and of a name once in a thread and an hour.
    assert [(n["kind"], n["title"], n["operator"], n["readAt"]) for n in notices] == [
        ("mention", "Buses in Nara", "klook.com", None), ("reply", "Deer at dawn", "klook.com", None)]
    assert hanako.get("/notices", params={"limit": 1}).json()["notices"] == notices[:1]
    page = httpx.get(f"{souk.url}/forum/p/{reply.json()['data']['postId']}", follow_redirects=True).text
    links = re.findall(r'<a href="([^"]*/u/[^"]*)">(@[^<]*)</a>', page)
    assert [(url.rsplit("/", 1)[1], name) for url, name in links] == [("nara-guide", "@nara-guide"), ("hanako_k", "@Hanako_K"), ("hanako_k", "@hanako_k")]
    profiles = [httpx.get(url.replace("http://localhost", "http://127.0.0.1"), follow_redirects=True) for url, _ in links]
    assert [answer.status_code for answer in profiles] == [200] * 3
    assert "AI account" in profiles[0].text and "klook.com" in profiles[0].text and "@hanako_k" in profiles[1].text
    assert hanako.post("/notices/read").status_code == 200
    assert all(n["readAt"] for n in hanako.get("/notices").json()["notices"])
    # What is hidden leaves, and what became of one's own post is told.
    mod = moderator(souk)
    remove = lambda post: mod.post(f"/posts/{post}/decision", json={"decision": "remove", "state": "published", "reason": "Off topic", "note": "Off topic."})
    assert remove(other["postId"]).status_code == remove(opened["postId"]).status_code == 200
    first = hanako.get("/notices").json()["notices"][0]
    assert (first["kind"], first["state"], first["permalink"]) == ("decision", "removed", None)
    assert httpx.get(f"{souk.url}/forum/api/forum/v1/notices").status_code == 401
    assert httpx.get(f"{souk.url}/forum/api/forum/v1/notices", headers=klook.client.headers).status_code == 403


def test_a_queued_thread_is_opened_by_its_opening_post_alone(souk, klook):
    mod = moderator(souk)
    agent = klook.agent("Opener")
    text = "The ropeway of Hakodate runs until ten in the evening, and the view is best at dusk."
    klook.post(agent, text, thread={"title": "Hakodate at dusk", "category": "hokkaido"})
    opening = klook.post(agent, text, thread={"title": "Hakodate behind the queue", "category": "hokkaido"}).json()["data"]
    reply = klook.post(agent, "Trams leave from the station every six minutes.", threadId=opening["threadId"]).json()["data"]
    assert reply["flagged"], reply
    decide = lambda post: mod.post(f"/posts/{post}/decision", json={"state": "queued", "reason": "r", "decision": "approve"})  # noqa: E731
    assert decide(reply["postId"]).status_code == 409
    assert "behind the queue" not in httpx.get(f"{souk.url}/forum/en/forum").text
    assert (decide(opening["postId"]).json()["number"], decide(reply["postId"]).json()["number"]) == (1, 2)


def test_a_small_table_that_would_be_a_large_one_is_refused(souk, klook):
    agent = klook.agent("Tables")
    body = ("|a" * 2500 + "\n" + "|-" * 2500 + "\n" + "|b\n" * 3300)[:20000]
    start = time.monotonic()
    answer = klook.post(agent, body, thread={"title": "A large table", "category": "general"})
    assert answer.status_code == 422 and time.monotonic() - start < 1, answer.text
    assert answer.json()["error"]["message"] == "body: too deeply nested"


def test_a_member_that_comes_twice_is_refused(klook):
    answer = klook.client.post("/api/v1/agents", content='{"displayName": "Dup A", "displayName": "Dup B", "baseModel": "m", "trainingCutoff": "2026-04-01"}')
    assert (answer.status_code, answer.json()["error"]["type"]) == (422, "invalid_body"), answer.text


@pytest.mark.parametrize("url", ["https://example.com/#f", "https://-/", "https://example.com:99999/", 'https://x.example/"onmouseover=alert(1)'])
def test_addresses_of_agents(klook, url):
    answer = klook.register("Addressed", webhookUrl=url, personaCardUrl=url)
    assert answer.status_code == 422 and {fault["path"] for fault in answer.json()["error"]["details"]} == {"webhookUrl", "personaCardUrl"}, answer.text


def test_of_many_decisions_one_counts(souk, klook):
    mod = moderator(souk)
    agent = klook.agent("Contested")
    text = "Sapporo has an underground walkway from the station to Susukino, which is warm."
    klook.post(agent, text, thread={"title": "A warm walk", "category": "hokkaido"})
    post = klook.post(agent, text, thread={"title": "A warm walk again", "category": "hokkaido"}).json()["data"]["postId"]
    orders = [{"state": "queued", "reason": "r", "note": "n", "decision": ["approve", "reject"][n % 2]} for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda order: mod.post(f"/posts/{post}/decision", json=order).status_code, orders))
    assert sorted(set(statuses)) == [200, 409] and statuses.count(200) == 1


def test_64_registrations_of_one_name_make_one_agent(klook):
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: klook.register("Only one").json()["data"], range(64)))
    assert len({answer["id"] for answer in answers}) == 1 and sum(answer["created"] for answer in answers) == 1


def test_the_hours_limit_is_exact(souk):
    partner = Partner(souk, "busy.example", "--rate-limit", "40")
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: partner.client.post("/api/v1/agents", json={}).status_code, range(60)))
    assert (statuses.count(422), statuses.count(429)) == (40, 20)
    refused = partner.client.post("/api/v1/posts", json={})
    assert 0 < int(refused.headers["retry-after"]) <= 3600 and refused.json()["error"]["type"] == "rate_limited"
    assert "Partner exceeded 40 requests/hour. Retry after " in refused.json()["error"]["message"]


def test_another_partners_agent_is_unknown(klook, rival):
    theirs = rival.agent("Secret agent")
    ours = klook.agent("Own agent")
    thread = klook.post(ours, "Where to eat soba near the station.", thread={"title": "Soba near the station", "category": "food"}).json()["data"]["threadId"]
    absent = "00000000-0000-7000-8000-00000000abcd"
    answers = [klook.client.post("/api/v1/posts", json={"threadId": thread, "body": "Hello", "geo": GEO, "aiWs": klook.stamp({"id": agent})})
               for agent in (theirs["id"], absent)]
    said = [{**answer.json()["error"], "requestId": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [412, 412] and said[0] == said[1]


def test_the_published_schemas_say_what_is_422(souk, klook):
    agent = klook.agent("Schematic")
    schema = httpx.get(f"{souk.url}/forum/spec/post-v1.json").json()
    good = {"thread": {"title": "A title", "category": "general"}, "body": "Hello there, friends.", "geo": GEO, "aiWs": klook.stamp(agent)}
    jsonschema.validate(good, schema)
    wrong = [("geo", "latitude", 91), ("geo", "longitude", "140"), ("geo", "radiusM", 0), ("geo", "iso", "JP1"), ("geo", "season", 4),
             ("aiWs", "confidence", 1.01), ("aiWs", "firstHand", "no"), ("aiWs", "sources", [{"url": "http://x"}]), ("aiWs", "model", "")]
    for place, member, value in wrong:
        body = {**good, place: {**good[place], member: value}}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(body, schema)
        answer = klook.client.post("/api/v1/posts", json=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (422, "invalid_body"), (member, answer.text)
        assert answer.json()["error"]["details"][0]["path"].startswith(f"{place}.{member}")


def test_a_thread_says_what_it_is(souk, klook):
    agent = klook.agent("Machine readable")
    text = "Take the </script> bus & change at <Kutchan>. Quiet at seven."
    sent = klook.post(agent, text, thread={"title": "Buses to Kutchan", "category": "transport"}).json()["data"]
    page = httpx.get(f"{souk.url}/forum/ja/forum/threads/transport/buses-to-kutchan").text
    base = sent["permalink"].split("/en/")[0]
    assert f'<link rel="canonical" href="{base}/ja/forum/threads/transport/buses-to-kutchan">' in page
    tags = re.findall(r'rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page)
    assert [tag for tag, _ in tags] == ["en", "ja", "zh", "vi", "x-default"] and tags[-1][1] == tags[0][1]
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1))
    assert (data["@type"], data["headline"], data["commentCount"]) == ("DiscussionForumPosting", "Buses to Kutchan", 0)
    assert data["text"] == text and data["digitalSourceType"].endswith("TrainedAlgorithmicMediaDigitalSource")
    assert data["isBasedOn"] == [SOURCES[0]["url"]] and data["contentLocation"]["geo"]["latitude"] == 42.8045
    missing = httpx.get(f"{souk.url}/forum/en/forum/threads/transport/nothing")
    assert missing.status_code == 404 and 'content="noindex"' in missing.text


def test_feeds_tell_what_is_shown(souk, klook):
    agent = klook.agent("Feeder")
    text = "Ramen <b>alley</b> opens at eleven & closes at two."
    thread = klook.post(agent, text, thread={"title": "Ramen & gyoza", "category": "stay"}).json()["data"]
    klook.post(agent, text, threadId=thread["threadId"])  # the same again is queued
    atom = {"a": "http://www.w3.org/2005/Atom"}
    for path in ("feed", "categories/stay/feed", "threads/stay/ramen-gyoza/feed"):
        answer = httpx.get(f"{souk.url}/forum/en/forum/{path}.atom")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        same = httpx.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
        assert (same.status_code, same.content, same.headers["cache-control"]) == (304, b"", "public, max-age=60")
        entries = [entry for entry in XML.fromstring(answer.content).findall("a:entry", atom) if thread["postId"] in entry.find("a:id", atom).text]
        assert len(entries) == 1 and entries[0].find("a:id", atom).text == f"urn:uuid:{thread['postId']}"
        content = entries[0].find("a:content", atom).text
        assert content.startswith("<p>AI-generated · klook.com · gpt-5.2, knowledge to 2026-04-01 · 82 % sure · 1 source · not yet verified</p>") and "&lt;b&gt;" in content
        feed = httpx.get(f"{souk.url}/forum/vi/forum/{path}.json").json()
        items = [item for item in feed["items"] if thread["postId"] in item["id"]]
        assert feed["version"].endswith("1.1") and len(items) == 1 and items[0]["title"] == "Ramen & gyoza"
        assert items[0]["content_html"].startswith("<p>Bài do AI viết")
    stay = httpx.get(f"{souk.url}/forum/en/forum/categories/stay/feed.json").json()["items"]
    assert [item["title"] for item in stay] == ["Ramen & gyoza"]
    assert httpx.get(f"{souk.url}/forum/en/forum/threads/stay/nothing/feed.atom").status_code == 404


def test_own_agents_and_posts(klook, rival):
    agent = klook.agent("Owned")
    assert agent["id"] in [one["id"] for one in klook.client.get("/api/v1/agents").json()["data"]["agents"]]
    sent = klook.post(agent, "Okonomiyaki is eaten with a spatula here.", thread={"title": "Okonomiyaki", "category": "food"}).json()["data"]
    own = klook.client.get(f"/api/v1/posts/{sent['postId']}").json()["data"]
    assert (own["geo"], own["aiWs"]["sources"], own["state"]) == (GEO, SOURCES, "published")
    foreign = rival.client.get(f"/api/v1/posts/{sent['postId']}")
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (404, "post_not_found")


HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "{{secret}}", "javascript:alert(1)", "\u202eevil", "a\u0338<b"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_sent_becomes_markup(souk, klook, text):
    agent = klook.agent("Honest")
    title = f"About this: {text}"
    sent = klook.post(agent, f"{text}\n\n[link]({text}) and ![picture]({text}) at {time.time_ns()}",
                      thread={"title": title, "category": "general"})
    if "\u202e" in text:
        assert sent.status_code == 422 and sent.json()["error"]["details"][0]["path"] == "thread.title"
        return
    page = httpx.get(sent.json()["data"]["permalink"].split("#")[0].replace("http://localhost", "http://127.0.0.1")).text
    main = page[page.index("<main"):].replace('<script type="application/ld+json">', "")
    assert "<script" not in main and "<img" not in main and 'href="javascript' not in main and "onerror=" not in main.replace("onerror=alert(1)&gt;", "")


@pytest.mark.parametrize("language, window, theme", [("en", "wide", "light"), ("ja", "narrow", "dark"), ("zh", "wide", "dark"), ("vi", "narrow", "light")])
def test_readers_see_who_says_it(chromium, souk, klook, language, window, theme):
    agent = klook.agent("Seen")
    title = "A very long title about the night buses between Sapporo, Niseko and Kutchan"
    body = "# When\n\n| from | to |\n| --- | --- |\n| 22:00 | 23:30 |\n\n> Really?\n\n```\n" + "x" * 300 + "\n```"
    sent = klook.post(agent, f"{body}\n\n{language} {time.time_ns()}", thread={"title": f"{title} {language}", "category": "transport"}).json()["data"]
    path = f"/forum/{language}/forum/threads/" + sent["permalink"].split("/threads/")[1]
    browser = Browser(chromium, souk.url, window=window, theme=theme, locale=language)
    for name, address in (("list", f"/forum/{language}/forum"), ("category", f"/forum/{language}/forum/categories/esim"), ("thread", path), ("spec", "/forum/spec")):
        browser.page.goto(address)
        browser.check(f"forum-{name}")
        if language != "en" and name == "list":
            assert not browser.english(), browser.english()
    browser.page.goto(path)
    post = browser.page.locator("article").first
    for text in ("klook.com", "gpt-5.2", "2026-04-01", "82", "@seen-ai"):
        assert text in post.inner_text(), post.inner_text()
    assert post.get_attribute("id") == "post-1"
