"""The forum under many callers at once, on two nodes, and killed again and again: nothing is lost, charged or counted twice."""

import base64
import datetime
import hashlib
import hmac
import json
import re
import sqlite3
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from conftest import SOUK, Host, Souk, needs_postgres, wait_for
from test_crash import Load, kill_under
from test_forum import GEO, Partner

SHOP = {"SOUK_FORUM_SHOP_HOSTS": "esim.example"}


def role_key(souk, role, owner):
    return json.loads(souk.command("keys", "create", "--surface", "forum", "--role", role, "--owner", owner).stdout)


def operator(souk, name="boss"):
    key = role_key(souk, "operator", name)["api_key"]
    return httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1/operator", headers={"Authorization": f"Bearer {key}"}, timeout=30)


class Shop:
    """The eSIM shop's server, which signs what it reports."""

    def __init__(self, souk):
        self.url, self.secret = f"{souk.url}/forum", role_key(souk, "shop", f"shop-{uuid.uuid4().hex[:8]}")["webhook_secret"]

    def report(self, client, order, click=None, status="paid", amount="19.99", at=None, **fields):
        at = at or datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        body = json.dumps({"orderId": order, "status": status, "amountUsd": amount, "occurredAt": at, "clickId": click, **fields}).encode()
        name, moment = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signature = base64.b64encode(hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()).decode()
        headers = {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": f"v1,{signature}", "Content-Type": "application/json"}
        return client.post(f"{self.url}/api/shop/v1/orders", content=body, headers=headers)


def click(client, souk, link, who):
    answer = client.get(link, headers={"User-Agent": f"Mozilla/5.0 (X11; Linux) Firefox/140.0 {who}"})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"].split("gj_click=")[1]


def paid_link(partner, souk):
    """A thread whose post leads to the shop, and the tracked address in it."""
    agent = partner.agent("Seller")
    made = partner.post(agent, "A week of data: https://esim.example/japan", thread={"title": f"A week of data {uuid.uuid4().hex[:6]}", "category": "esim"}).json()["data"]
    page = httpx.get(made["permalink"], follow_redirects=True).text
    return agent, made, re.search(r"https?://[^\"]*/go/[A-Za-z0-9_-]+", page).group(0)


@pytest.fixture(scope="module")
def souk(tmp_path_factory):
    souk = Souk(tmp_path_factory.mktemp("races"), SOUK_FORUM_RATE_LIMIT_PER_HOUR="0", **SHOP).start()
    yield souk
    assert souk.command("verify").returncode == 0
    assert souk.stop() == 0


def at_once(work, count, threads=32):
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))


def test_one_idempotency_key_is_one_post(souk):
    partner = Partner(souk, "once.example")
    agent = partner.agent("Once")
    thread = partner.post(agent, "What opens early near the station?", thread={"title": "What opens early", "category": "food"}).json()["data"]["threadId"]
    body = {"body": "The bakery on the corner opens at six.", "threadId": thread, "geo": GEO, "aiWs": partner.stamp(agent)}
    answers = at_once(lambda _: partner.client.post("/api/v1/posts", json=body, headers={"Idempotency-Key": "one"}), 64)
    made = {answer.json()["data"]["postId"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1 and {answer.status_code for answer in answers} <= {201, 409}
    again = partner.client.post("/api/v1/posts", json=body, headers={"Idempotency-Key": "one"})
    assert again.headers["idempotent-replayed"] == "true" and again.json()["data"]["postId"] in made


def test_the_last_cent_of_a_budget_is_spent_once(souk):
    partner, boss = Partner(souk, "thrifty.example"), operator(souk, "thrift")
    agent = partner.agent("Thrifty")
    thread = partner.post(agent, "Where do buses to the lake start?", thread={"title": "Buses to the lake", "category": "transport"}).json()["data"]["threadId"]
    known = next(line for line in boss.get("/partners").json()["partners"] if line["domain"] == "thrifty.example")
    # The thread has taken 0.05; a hundred posts follow.
    limits = {"monthlyBudgetUsd": "1.05", "rateLimitPerHour": 0}
    assert boss.put(f"/partners/{known['partnerId']}/limits", json=limits).status_code == 200
    words = "ferry ticket window open closed monday family discount adult child return single coin cash card queue early late winter summer".split()

    def post(number):
        # Each its own words, so that none waits for a moderator, which costs more.
        text = " ".join(hashlib.sha256(f"{number} {word}".encode()).hexdigest()[:7] for word in words)
        return partner.post(agent, text, threadId=thread)

    answers = at_once(post, 120)
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 100 and statuses.count(429) == 20, statuses
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["error"]["type"] == "partner_budget_exhausted" and int(refused.headers["retry-after"]) > 0
    spent = partner.client.get("/api/v1/agents/me/stats").json()["data"]["budget"]
    assert (spent["spentUsd"], spent["limitUsd"]) == ("1.05", "1.05")


def test_an_order_counts_once_whoever_reports_it(souk):
    partner, shop = Partner(souk, "orders.example"), Shop(souk)
    _, _, link = paid_link(partner, souk)
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with httpx.Client(timeout=30) as client:
        number = click(client, souk, link, "reader")
        at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        answers = at_once(lambda _: shop.report(client, "O-1", number, at=at), 32)
        assert sorted({answer.status_code for answer in answers}) == [200, 201]
        assert [answer.status_code for answer in answers].count(201) == 1
        assert {answer.json()["shareUsd"] for answer in answers} == {"2.9985"}
        # Refunds race, too: the sum given back never falls, and never exceeds the order.
        refunds = at_once(lambda n: shop.report(client, "O-1", number, "refunded", at=at, refundUsd=f"{n % 4 + 1}.00"), 32)
        assert {answer.status_code for answer in refunds} <= {200, 409}
        assert shop.report(client, "O-1", number, "refunded", at=at, refundUsd="20.00").status_code == 409
    figures = partner.client.get("/api/v1/agents/me/stats").json()["data"]["conversions"]
    assert figures["count"] == 1 and figures["grossUsd"] == 15.99


def test_what_is_paid_has_no_refund_and_what_is_cancelled_stays_so(souk):
    shop = Shop(souk)
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with httpx.Client(timeout=30) as client:
        refused = shop.report(client, "O-7", status="paid", at=at, refundUsd="1.00")
        assert (refused.status_code, refused.json()["error"]["details"][0]["path"]) == (422, "refundUsd"), refused.text
        assert shop.report(client, "O-7", at=at).status_code == 201
        assert shop.report(client, "O-7", status="cancelled", at=at).json()["status"] == "cancelled"
        assert shop.report(client, "O-7", status="refunded", at=at, refundUsd="19.99").json()["status"] == "cancelled"


def test_settings_that_say_nothing_do_not_start(souk):
    for name, value in (("PARTNER_API_RATE_LIMIT_PER_HOUR", "-1"), ("SOUK_FORUM_HOLD_UNVERIFIED", "ture"), ("SOUK_FORUM_POST_PRICE", "1e9"),
                        ("SOUK_FORUM_ATTRIBUTION_DAYS", "0"), ("SOUK_FORUM_PUBLIC_URL", "forum.example")):
        told = subprocess.run([SOUK, "verify"], env={**souk.environment, name: value}, capture_output=True, text=True)
        assert told.returncode == 1 and f"'{value}'" in told.stderr and told.stderr.count("\n") == 1, (name, told.stderr)


def test_a_members_reports_hide_a_post_once(souk):
    partner = Partner(souk, "reported.example")
    agent = partner.agent("Reported")
    made = partner.post(agent, "Nobody needs a ticket on this line.", thread={"title": "No ticket needed", "category": "transport"}).json()["data"]
    people = []
    for number in range(8):
        api = httpx.Client(base_url=f"{souk.url}/forum/api/forum/v1", timeout=30)
        person = {"username": f"reader_{number}_{uuid.uuid4().hex[:6]}", "email": f"{uuid.uuid4().hex}@example.org", "password": "long enough to keep"}
        made_member = api.post("/members", json=person)
        if made_member.status_code == 429:
            break
        api.headers["Authorization"] = "Bearer " + made_member.json()["token"]
        people.append(api)
    answers = at_once(lambda n: people[n % len(people)].post(f"/posts/{made['postId']}/reports", json={"reason": "false"}), 4 * len(people))
    # Each counts once; nobody can report what is hidden already.
    assert {answer.status_code for answer in answers} <= {200, 201, 404, 409}, {answer.status_code for answer in answers}


class Posts(Load):
    """An agent that posts, each time under a key of its own, and readers who follow its link and order."""

    def __init__(self, souk, partner, agent, thread, link, shop):
        self.partner, self.agent, self.thread, self.link, self.shop = partner, agent, thread, link, shop
        self.orders = {}
        super().__init__(souk)

    def work(self):
        with httpx.Client(base_url=f"{self.souk.url}/forum", headers=dict(self.partner.client.headers), timeout=10) as client:
            while self.running:
                name = str(uuid.uuid4())
                self.tried.add(name)
                text = " ".join([name, *(hashlib.sha256(f"{name}{n}".encode()).hexdigest()[:9] for n in range(20))])
                body = {"threadId": self.thread, "body": text, "geo": GEO, "aiWs": self.partner.stamp(self.agent)}
                answer = self.insist(lambda: client.post("/api/v1/posts", json=body, headers={"Idempotency-Key": name}), 201)
                if not answer:
                    continue
                self.acknowledged[name] = answer.json()["data"]["postId"]
                visitor = {"User-Agent": f"Mozilla/5.0 (X11; Linux) Firefox/140.0 {name}", "Authorization": ""}
                followed = self.insist(lambda: client.get(self.link, headers=visitor), 302)
                if not followed or "gj_click=" not in followed.headers["location"]:
                    continue
                number = followed.headers["location"].split("gj_click=")[1]
                at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                told = self.insist(lambda: self.shop.report(client, name, number, amount="10.00", at=at), 200, 201)
                if told:
                    self.orders[name] = told.json()["attributed"]


def everything(souk, thread):
    """All posts of the thread by their text's first word."""
    found, after = {}, 0
    while True:
        page = httpx.get(f"{souk.url}/forum/api/forum/v1/threads/{thread}", params={"after": after, "limit": 100}).json()
        for post in page["posts"]:
            name = post["body"].split()[0]
            assert name not in found, "a post stands twice"
            found[name] = post["postId"]
            after = post["number"]
        if not page["posts"]:
            return found


def waiting(souk):
    """The posts whose deliveries are to be tried again."""
    query = "SELECT e.payload FROM webhook_delivery d JOIN event e ON e.number = d.event_number WHERE d.state = 'pending'"
    database = souk.environment.get("SOUK_DATABASE")
    if database:
        lines = subprocess.run(["psql", "-qAt", database, "-c", query], capture_output=True, text=True, check=True).stdout.splitlines()
    else:
        with sqlite3.connect(f"file:{souk.environment['SOUK_DATA_DIR']}/souk.sqlite?mode=ro", uri=True) as connection:
            lines = [row[0] for row in connection.execute(query)]
    return {json.loads(line)["postId"] for line in lines if line}


def check(souk, load, partner, host):
    found = everything(souk, load.thread)
    assert load.acknowledged.items() <= found.items()
    assert {name for name in found if "-" in name} <= load.tried
    verified = souk.command("verify", check=False)
    assert verified.returncode == 0, verified.stdout
    told = {post for post in load.acknowledged.values()}

    def heard():
        bodies = [json.loads(body) for _, _, headers, body in list(host.requests) if headers["X-GoJapan-Event"] == "post.created"]
        return told <= {body["data"]["postId"] for body in bodies} | waiting(souk) and bodies

    # Each post is told of, or will be: a try that a kill has ended is made again after four minutes. However often it is told, its id is one.
    names = {}
    for body in wait_for(heard, 120):
        names.setdefault(body["data"]["postId"], set()).add(body["id"])
    assert len(names) > len(told) / 2
    assert all(len(ids) == 1 for ids in names.values())
    figures = partner.client.get("/api/v1/agents/me/stats").json()["data"]
    assert figures["conversions"]["count"] >= sum(load.orders.values())
    return len(load.acknowledged), len(load.orders)


def prepare(souk):
    partner, shop = Partner(souk, "crash.example"), Shop(souk)
    host = Host(lambda request: request.reply(200, {}))
    agent, made, link = paid_link(partner, souk)
    assert partner.register("Seller", webhookUrl=host.url).status_code in (200, 202)
    return partner, shop, host, agent, made["threadId"], link


def test_kill_nine_loses_no_post_and_no_order(tmp_path):
    souk = Souk(tmp_path, SOUK_FORUM_RATE_LIMIT_PER_HOUR="0", **SHOP).start()
    try:
        partner, shop, host, agent, thread, link = prepare(souk)
        load = Posts(souk, partner, agent, thread, link, shop)
        kill_under(load)
        print(check(souk, load, partner, host))
    finally:
        souk.kill()


@needs_postgres
def test_of_two_nodes_one_is_killed_again_and_again(tmp_path, shared_database):
    settings = {"SOUK_FORUM_RATE_LIMIT_PER_HOUR": "0", "SOUK_FORUM_PUBLIC_URL": "http://127.0.0.1:1", **SHOP}
    nodes = [Souk(tmp_path / name, database=shared_database, **settings).start() for name in ("a", "b")]
    try:
        partner, shop = Partner(nodes[0], "crash.example"), Shop(nodes[0])
        host = Host(lambda request: request.reply(200, {}))
        agent = partner.agent("Seller", webhookUrl=host.url)
        made = partner.post(agent, "A week of data: https://esim.example/japan", thread={"title": "A week of data", "category": "esim"}).json()["data"]
        page = httpx.get(f"{nodes[1].url}/forum/en/forum/threads/esim/a-week-of-data").text
        code = re.search(r"/go/([A-Za-z0-9_-]+)", page).group(1)
        loads = [Posts(node, partner, agent, made["threadId"], f"/go/{code}", shop) for node in nodes]
        kill_under(loads[1])
        loads[0].stop()
        both = loads[0]
        both.acknowledged.update(loads[1].acknowledged)
        both.tried |= loads[1].tried
        both.orders.update(loads[1].orders)
        print(check(nodes[0], both, partner, host))
        # What one node has published, the other one shows.
        assert everything(nodes[0], made["threadId"]) == everything(nodes[1], made["threadId"])
    finally:
        for node in nodes:
            node.kill()


@needs_postgres
def test_a_node_hears_of_a_suspension_at_once(tmp_path, shared_database):
    nodes = [Souk(tmp_path / name, database=shared_database).start() for name in ("a", "b")]
    try:
        partner, boss = Partner(nodes[1], "paused.example"), operator(nodes[0])
        assert partner.register("Paused").status_code == 202
        known = boss.get("/partners").json()["partners"][0]["partnerId"]
        decided = boss.post(f"/partners/{known}/review", json={"decision": "suspend", "reason": "Posts without sources", "byWord": False})
        assert decided.status_code == 200, decided.text
        wait_for(lambda: partner.register("Paused").status_code == 403, 5)
        lifted = boss.post(f"/partners/{known}/review", json={"decision": "reinstate", "reason": "Sources are there", "byWord": False})
        assert lifted.status_code == 200, lifted.text
        wait_for(lambda: partner.register("Paused").status_code == 202, 5)
    finally:
        for node in nodes:
            node.kill()
