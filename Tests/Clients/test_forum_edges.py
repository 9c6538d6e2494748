"""What goes wrong at a forum's edges: pages kept too long, guesses, races between people, addresses that change."""

import os
import sqlite3
import time
import uuid

import httpx
import pytest
from conftest import Host, Souk, needs_postgres, wait_for
from test_forum import Partner, member, receiver
from test_forum_races import at_once, operator

PASSWORD = "long enough to keep"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture(scope="module")
def souk(tmp_path_factory):
    souk = Souk(
        tmp_path_factory.mktemp("edges"), SOUK_FORUM_RATE_LIMIT_PER_HOUR="0", SOUK_TRUSTED_PROXIES="127.0.0.1", SOUK_FORUM_SHOP_HOSTS="esim.example"
    ).start()
    yield souk
    assert souk.command("verify").returncode == 0
    assert souk.stop() == 0


def application(domain, email, password=PASSWORD):
    return {"name": domain, "domain": domain, "contactName": "Mio", "contactEmail": email, "password": password,
            "description": "Local itineraries, written by our agent.", "acceptTerms": True}


def apply(souk, body, address="192.0.2.1"):
    return httpx.post(f"{souk.url}/forum/agents/apply", json=body, headers={"X-Forwarded-For": address}, timeout=30)


def api(souk, token=None, address="192.0.2.9"):
    headers = {"X-Forwarded-For": address, **({"Authorization": f"Bearer {token}"} if token else {})}
    return httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1", headers=headers, timeout=30)


def applicant(souk, domain):
    """Of a platform that is approved: a person's session, and the partner's id."""
    email = f"mio@{domain}"
    applied = apply(souk, application(domain, email), f"192.0.2.{uuid.uuid4().int % 200 + 10}")
    assert applied.status_code == 202, applied.text
    partner = applied.json()["data"]["applicationId"]
    decided = operator(souk, f"for {domain}").post(f"/partners/{partner}/review", json={"decision": "approve"})
    assert decided.status_code == 200, decided.text
    return api(souk, api(souk).post("/sessions", json={"email": email, "password": PASSWORD}).json()["token"]), partner


def test_a_page_is_kept_by_what_changes_it(souk):
    partner = Partner(souk, "kept.example")
    agent = partner.agent("Kept")
    made = partner.post(agent, "The first floor opens at ten.", thread={"title": "Floors of the store", "category": "general"}).json()["data"]
    page = lambda **query: httpx.get(f"{souk.url}/forum/en/forum/threads/general/floors-of-the-store", params=query).text  # noqa: E731
    # What a command writes beside the server makes it forget everything within a second.
    time.sleep(1.5)
    assert "opens at ten" in page()
    # Whatever else stands in the address, the page is one; and what is posted is on it at once.
    assert {page(noise=str(number)) for number in range(40)} == {page()}
    reply = partner.post(agent, "And the second one at eleven.", threadId=made["threadId"]).json()["data"]
    assert "at eleven" in page() and "at eleven" in page(noise="39")
    assert "post-1" not in page(ai="exclude").split("<main")[1] and "post-1" in page().split("<main")[1]
    assert partner.client.patch(f"/api/v1/posts/{reply['postId']}", json={"body": "And the second one at noon."}).status_code == 200
    assert "at noon" in page() and "at eleven" not in page()
    # Another browser's time zone has a page of its own.
    assert httpx.get(f"{souk.url}/forum/en/forum/threads/general/floors-of-the-store", headers={"Cookie": "souk_time_zone=Asia/Tokyo"}).status_code == 200


def test_versions_of_a_long_post_are_compared_in_time(souk):
    writer = member(souk, "long_writer")
    assert api(souk, operator(souk, "leveller").headers["Authorization"].split()[1]).put("/members/long_writer/level", json={"level": 3}).status_code == 200
    text = "\n".join(f"line {number}" for number in range(1500))
    made = writer.post("/threads", json={"title": "A long list", "category": "general", "body": text}).json()
    changed = "\n".join(f"other {number * 7}" for number in range(1500))
    assert writer.patch(f"/posts/{made['postId']}", json={"body": changed}).status_code == 200
    wait_for(lambda: writer.patch(f"/posts/{made['postId']}", json={"body": "other 0\na line that is new"}).status_code == 200, 60)
    begun = time.monotonic()
    page = httpx.get(f"{souk.url}/forum/en/forum/posts/{made['postId']}/versions").text
    assert time.monotonic() - begun < 2, "the comparison took too long"
    assert "<del" in page and "<ins" in page and "a line that is new" in page


def test_of_approvals_and_withdrawals_that_race_one_counts(souk):
    for number in range(6):
        domain = f"race{number}.example"
        applied = apply(souk, application(domain, f"mio@{domain}"), f"198.51.100.{number + 1}").json()["data"]["applicationId"]
        person = api(souk, api(souk, address=f"198.51.100.{number + 1}").post("/sessions", json={"email": f"mio@{domain}", "password": PASSWORD}).json()["token"])
        bosses = [operator(souk, f"racing {number} {name}") for name in ("a", "b")]
        acts = [
            lambda: bosses[0].post(f"/partners/{applied}/review", json={"decision": "approve"}),
            lambda: bosses[1].post(f"/partners/{applied}/review", json={"decision": "reject", "reason": "It is no platform"}),
            lambda: person.delete("/partner/application"),
        ]
        answers = at_once(lambda turn: acts[turn](), 3, threads=3)
        # A rejection also ends the applicant's session.
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses[0] < 300 and set(statuses[1:]) <= {401, 409}, [answer.text for answer in answers]
        winner = next(index for index, answer in enumerate(answers) if answer.status_code < 300)
        known = next(line for line in bosses[0].get("/partners").json()["partners"] if line["partnerId"] == applied)
        assert known["status"].lower() == ("approved", "rejected", "withdrawn")[winner]


def test_guesses_at_an_application_are_guesses_at_the_account(souk):
    email = "victim@guessed.example"
    assert apply(souk, application("guessed.example", email), "203.0.113.200").status_code == 202
    for number in range(20):
        wrong = apply(souk, application("guessed.example", email, f"a wrong guess {number}"), f"203.0.113.{number + 1}")
        assert (wrong.status_code, wrong.json()["error"]["type"]) == (409, "domain_taken"), wrong.text
    limited = apply(souk, application("guessed.example", email), "203.0.113.201")
    assert limited.status_code == 429 and int(limited.headers["retry-after"]) > 0, limited.text
    assert api(souk, address="203.0.113.202").post("/sessions", json={"email": email, "password": PASSWORD}).status_code == 429


def test_an_appeal_is_decided_by_another_where_there_is_one(tmp_path):
    souk = Souk(tmp_path).start()
    try:
        partner, only = Partner(souk, "alone.example"), operator(souk, "only")
        agent = partner.agent("Alone")
        moderation = lambda boss: httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1/moderation", headers=boss.headers)  # noqa: E731

        def decide(boss, post, **fields):
            return moderation(boss).post(f"/posts/{post}/decision", json={"reason": "As the rules say", "note": "As the rules say.", **fields})

        def appealed(text):
            made = partner.post(agent, text, thread={"title": text, "category": "general"}).json()["data"]["postId"]
            assert decide(only, made, decision="remove", state="published").status_code == 200
            told = partner.client.post(f"/api/v1/posts/{made}/appeal", json={"text": "It says nothing that is against the rules at all."})
            assert told.status_code in (200, 202), told.text
            return made

        assert decide(only, appealed("The pool is closed in May."), decision="restore", state="appealed").json()["state"] == "restored"
        post, second = appealed("A tram runs every ten minutes."), operator(souk, "second")
        refused = decide(only, post, decision="uphold", state="appealed")
        assert (refused.status_code, refused.json()["error"]["type"]) == (409, "other_moderator"), refused.text
        assert decide(second, post, decision="uphold", state="appealed").status_code == 200
    finally:
        souk.kill()


def test_where_events_go_is_an_https_address_of_the_outside(souk):
    person, _ = applicant(souk, "endpoints.example")
    put = lambda url: person.put("/partner/endpoint", json={"url": url})  # noqa: E731
    for url, rule in (("http://hooks.example/forum", "https_address"), ("https://10.0.0.1/forum", "private_address")):
        told = put(url)
        assert (told.status_code, [fault["rule"] for fault in told.json()["error"]["details"]]) == (422, [rule]), told.text
    # An endpoint that was disabled stays so until its owner says that its new address is right.
    gone, here = Host(lambda request: request.reply(410, {})), receiver()
    assert put(f"{gone.url}/hook").status_code == 200
    token = person.post("/partner/token", json={}).json()["token"]
    partner = Partner.__new__(Partner)
    partner.domain, partner.client = "endpoints.example", httpx.Client(base_url=f"{souk.url}/forum", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    agent = partner.agent("Endpoints")
    made = partner.post(agent, "The bridge is lit until ten.", thread={"title": "Is the bridge lit?", "category": "general"}).json()["data"]
    endpoint = lambda: person.get("/partner/webhooks").json()["webhooks"][0]  # noqa: E731
    wait_for(lambda: endpoint()["state"] == "disabled")
    assert put(f"{here.url}/hook").status_code == 200
    if endpoint()["state"] == "disabled":
        assert person.post(f"/partner/webhooks/{endpoint()['webhookId']}/enable", json={}).status_code == 200
    assert endpoint()["state"] == "active"
    assert partner.post(agent, "On Sundays until nine.", threadId=made["threadId"]).status_code == 201
    wait_for(lambda: here.requests)


def test_a_post_is_read_once(souk):
    partner, reader = Partner(souk, "read.example"), member(souk, "reader_once")
    agent = partner.agent("Read")
    made = partner.post(agent, "The gate shuts at dusk.", thread={"title": "When does the gate shut?", "category": "general"}).json()["data"]
    partner.post(agent, "In winter that is half past four.", threadId=made["threadId"])
    shown = lambda: sqlite3.connect(  # noqa: E731
        os.path.join(souk.environment["SOUK_DATA_DIR"], "souk.sqlite"), timeout=30
    ).execute("SELECT posts_shown FROM forum_member WHERE username = 'reader_once'").fetchone()[0]
    with httpx.Client(base_url=f"{souk.url}/forum", follow_redirects=True, timeout=30) as page:
        assert page.post("/sign-in", data={"email": "reader_once@example.org", "password": PASSWORD}).status_code == 200
        for _ in range(5):
            assert "half past four" in page.get("/en/forum/threads/general/when-does-the-gate-shut").text
        assert shown() == 2
        partner.post(agent, "In summer it is half past seven.", threadId=made["threadId"])
        page.get("/en/forum/threads/general/when-does-the-gate-shut")
        assert shown() == 3
    assert reader.get("/me").status_code == 200


@needs_postgres
def test_the_hours_limit_holds_for_all_nodes(tmp_path, shared_database):
    nodes = [Souk(tmp_path / name, database=shared_database).start() for name in ("a", "b")]
    try:
        partner = Partner(nodes[0], "counted.example", "--rate-limit", "40")
        ask = lambda node: httpx.get(f"{node.url}/forum/api/v1/agents", headers=partner.client.headers)  # noqa: E731
        assert [ask(nodes[0]).status_code for _ in range(25)] == [200] * 25
        wait_for(lambda: int(ask(nodes[1]).headers["ratelimit"].split("r=")[1].split(";")[0]) < 16, 5)
        answers = [ask(nodes[1]).status_code for _ in range(16)]
        assert 429 in answers, answers
        wait_for(lambda: ask(nodes[0]).status_code == 429, 5)
        # Whoever is started anew has not forgotten the hour.
        nodes[1].kill()
        nodes[1].start()
        wait_for(lambda: ask(nodes[1]).status_code == 429, 5)
    finally:
        for node in nodes:
            node.kill()
