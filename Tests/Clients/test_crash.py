"""Kill -9 under load, again and again: nothing acknowledged is lost, nobody is charged twice, no reservation stays.

`CRASH_ROUNDS` says how often, `CRASH_CLIENTS` how many clients there are (docs/benchmarks.md, Proofs).
"""

import collections
import datetime
import glob
import os
import random
import re
import subprocess
import threading
import time
import uuid

import httpx

from conftest import Souk, needs_postgres

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "6"))
CLIENTS = int(os.environ.get("CRASH_CLIENTS", "8"))
PRICE = 50_000


class Load:
    """Clients that call without a pause and write down what they were told."""

    def __init__(self, souk):
        self.souk = souk
        self.acknowledged = {}
        self.tried = set()
        self.running = True
        self.failures = []
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            self.work()
        except Exception as failure:
            self.failures.append(failure)

    def insist(self, ask, *statuses):
        """A client that hears nothing asks the same again; nil when it gave up."""
        for _ in range(20):
            if not self.running:
                return None
            try:
                answer = ask()
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if answer.status_code in statuses:
                return answer
            # Many clients make the provider of the test slow; a call that came to nothing is made again.
            if answer.status_code not in (409, 500, 502, 503, 504):
                raise AssertionError(f"{answer.status_code} {answer.text}")
            time.sleep(0.05)
        return None

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(60)
        assert not self.failures, self.failures


def kill_under(load):
    """Kills the server under the load and starts it again, ROUNDS times."""
    for _ in range(ROUNDS):
        time.sleep(random.uniform(0.1, 0.6))
        load.souk.kill()
        load.souk.start()
    time.sleep(0.5)
    load.stop()


class Calls(Load):
    """Paid calls, each under an Idempotency-Key of its own."""

    def __init__(self, souk, service, key):
        self.service = service
        self.key = key
        super().__init__(souk)

    def work(self):
        with self.souk.client(self.key) as client:
            while self.running:
                name = str(uuid.uuid4())
                self.tried.add(name)
                answer = self.insist(lambda: client.post(
                    f"/proxy/{self.service}/x", content=b"x", headers={"Idempotency-Key": name}, timeout=10
                ), 200)
                if answer:
                    self.acknowledged[name] = answer.headers["X-ACF-Usage-Id"]


class Orders(Load):
    """Visitors who click and order, whose orders the advertiser's server reports."""

    def __init__(self, souk, code, token):
        self.code = code
        self.token = token
        self.clicks = set()
        super().__init__(souk)

    def work(self):
        with httpx.Client(base_url=f"{self.souk.url}/affiliate", timeout=10) as client:
            while self.running:
                name = str(uuid.uuid4())
                headers = {"User-Agent": f"Mozilla/5.0 (X11; Linux) Firefox/140.0 {name}"}
                click = self.insist(lambda: client.get(f"/t/{self.code}", headers=headers), 302)
                if not click:
                    continue
                number = click.headers["location"].split("souk_click=")[1]
                self.clicks.add(number)
                self.tried.add(name)
                order = {"click_id": number, "order_id": name, "amount": 9800, "token": self.token}
                answer = self.insist(lambda: client.post("/postback", json=order), 200)
                if answer:
                    self.acknowledged[name] = answer.json()["data"]["id"]


class Sales(Load):
    """Shoppers of an agent: a sentence, the link of the first card, and the order that the shop reports."""

    def __init__(self, souk, key, token):
        self.key, self.token = key, token
        self.clicks = set()
        super().__init__(souk)

    def work(self):
        with httpx.Client(base_url=f"{self.souk.url}/commerce", timeout=10) as client:
            while self.running:
                name = str(uuid.uuid4())
                agent, shop = {"Authorization": f"Bearer {self.key}"}, {"X-Merchant-Token": self.token}
                question = {"intent": "wireless mouse under $30", "limit": 1}
                answer = self.insist(lambda: client.get("/v1/recommend", params=question, headers=agent), 200)
                if not answer:
                    continue
                card = answer.json()["items"][0]["rec_id"]
                visitor = {"User-Agent": f"Mozilla/5.0 (X11; Linux) Firefox/140.0 {name}"}
                if not self.insist(lambda: client.get(f"/r/{card}", headers=visitor), 302):
                    continue
                self.clicks.add(card)
                self.tried.add(name)
                moment = datetime.datetime.now(datetime.timezone.utc).isoformat()
                order = {"order_id": name, "status": "paid", "amount": "24.95", "occurred_at": moment, "rec_id": card}
                told = self.insist(lambda: client.post("/v1/orders", json=order, headers=shop), 200, 201)
                if told:
                    assert told.json()["attribution"] == "attributed", told.text
                    self.acknowledged[name] = card


def usage(client):
    """Every recorded call of the buyer."""
    records, cursor = [], None
    while True:
        page = client.get("/usage", params={"limit": 100, **({"cursor": cursor} if cursor else {})}).json()
        records += page["usage"]
        cursor = page["next_cursor"] if "next_cursor" in page else None
        if not cursor:
            return records


def prepare(souk, provider):
    with souk.client(souk.key("provider", "seller")) as seller:
        service = seller.post(
            "/services", json={"name": "x", "endpoint": provider.url, "price_per_call": "0.05", "timeout_seconds": 1}
        ).json()["id"]
    key = souk.key("buyer", "crash-buyer")
    with souk.client(souk.key("admin", "ops")) as admin:
        admin.post("/admin/credits", json={"buyer_id": "crash-buyer", "amount": "1000000", "reason": "crash"})
    return service, key


def check(souk, load):
    with souk.client(load.key) as client:
        # Reservations of calls that died run out a minute after their time-out.
        for _ in range(180):
            balance = client.get("/balance").json()
            if balance["reserved"] == "0.00":
                break
            time.sleep(0.5)
        assert balance["reserved"] == "0.00", balance
        records = usage(client)
    charged = collections.Counter(record["id"] for record in records if record["amount"] != "0.00")
    assert max(charged.values(), default=1) == 1
    missing = [name for name, id in load.acknowledged.items() if id not in charged]
    assert not missing, f"{len(missing)} acknowledged calls are not recorded"
    # Every key was charged at most once: there are no more charges than keys.
    assert len(charged) <= len(load.tried)
    spent = 1_000_000 - float(balance["balance"])
    assert round(spent / 0.05) == len(charged)
    verified = souk.command("verify", check=False)
    assert verified.returncode == 0, verified.stdout
    return len(load.acknowledged), len(charged)


def test_kill_nine_loses_nothing(tmp_path, host):
    print(f"{ROUNDS} rounds of kill -9")
    souk = Souk(tmp_path).start()
    try:
        service, key = prepare(souk, host())
        load = Calls(souk, service, key)
        kill_under(load)
        print(check(souk, load))
    finally:
        souk.kill()


def test_kill_nine_loses_no_click_and_no_order(tmp_path):
    souk = Souk(tmp_path).start()
    try:
        keys = {role: souk.key(role, role, surface="affiliate") for role in ("publisher", "advertiser")}
        ask = {role: {"Authorization": f"Bearer {key}"} for role, key in keys.items()}
        network = f"{souk.url}/affiliate"

        def action(name, **parameters):
            answer = httpx.post(f"{network}/api/mcp.php", json={"action": name, "params": parameters}, headers=ask["publisher"])
            return answer.raise_for_status().json()["data"]

        program = {
            "name": "x", "category_id": 1, "landing_url": "https://shop.example.com/", "reward_type": "cpa", "reward_amount": 1200,
            "status": "active", "auto_approve": True,
        }
        httpx.post(f"{network}/api/v1/programs", json=program, headers=ask["advertiser"]).raise_for_status()
        code = action("publisher.partnerships_apply", program_id=1)["tracking_code"]
        token = httpx.post(f"{network}/api/v1/postback-token", headers=ask["advertiser"]).json()["data"]["token"]
        load = Orders(souk, code, token)
        kill_under(load)
        found, cursor = {}, None
        while True:
            query = {"limit": 100, **({"cursor": cursor} if cursor else {})}
            page = httpx.get(f"{network}/api/v1/conversions", params=query, headers=ask["advertiser"]).json()["data"]
            for conversion in page["conversions"]:
                assert conversion["order_id"] not in found
                found[conversion["order_id"]] = conversion["id"]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert load.acknowledged.items() <= found.items() and found.keys() <= load.tried
        report = action("publisher.report")["totals"]
        assert report["clicks"] >= len(load.clicks) > 0
        assert (report["conversions"], report["reward"]) == (len(found), 1200 * len(found))
        verified = souk.command("verify", check=False)
        assert verified.returncode == 0, verified.stdout
        print(len(load.clicks), "clicks,", len(load.acknowledged), "orders")
    finally:
        souk.kill()


def test_kill_nine_loses_no_card_no_click_and_no_sale(tmp_path):
    souk = Souk(tmp_path)
    printed = souk.command("seed").stdout
    token = re.search(r"commerce, merchant[^:]*: (\S+)", printed).group(1)
    souk.start()
    try:
        key = souk.key("developer", "crash", surface="commerce")
        load = Sales(souk, key, token)
        kill_under(load)
        commerce, shop = f"{souk.url}/commerce", {"X-Merchant-Token": token}
        found, cursor = {}, None
        while True:
            query = {"limit": 100, **({"cursor": cursor} if cursor else {})}
            page = httpx.get(f"{commerce}/v1/orders", params=query, headers=shop).json()
            for order in page["orders"]:
                assert order["order_id"] not in found
                found[order["order_id"]] = order["rec_id"]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert load.acknowledged.items() <= found.items() and found.keys() <= load.tried
        for card in list(load.clicks)[:20]:
            assert httpx.get(f"{commerce}/v1/cards/{card}", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        operator = {"X-Supply-Key": souk.key("supply", "ops", surface="commerce")}
        report = httpx.get(f"{commerce}/v1/report/attribution?days=2", headers=operator).json()
        assert report["totals"]["clicks"] >= len(load.clicks) > 0
        assert report["totals"]["orders"] == len(found)
        verified = souk.command("verify", check=False)
        assert verified.returncode == 0, verified.stdout
        print(len(load.clicks), "clicks,", len(load.acknowledged), "sales")
    finally:
        souk.kill()


@needs_postgres
def test_of_two_nodes_one_is_killed_again_and_again(tmp_path, host, shared_database):
    database = shared_database
    nodes = [Souk(tmp_path / name, database=database).start() for name in ("a", "b")]
    try:
        service, key = prepare(nodes[0], host())
        stays, dies = loads = [Calls(node, service, key) for node in nodes]
        kill_under(dies)
        stays.stop()
        # Whoever was told by the node that stayed was told once; nothing was refused there.
        for load in loads:
            load.tried |= stays.tried | dies.tried
        print(check(nodes[0], stays), check(nodes[1], dies))
    finally:
        for node in nodes:
            node.kill()


@needs_postgres
def test_a_restarted_database_server_loses_nothing(tmp_path, host, shared_database):
    postgres = os.environ["POSTGRES_DATA"]
    control = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))[-1]
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    souk = Souk(tmp_path, database=shared_database).start()
    try:
        service, key = prepare(souk, host())
        load = Calls(souk, service, key)
        for _ in range(max(2, ROUNDS // 10)):
            time.sleep(random.uniform(0.5, 1.5))
            subprocess.run(prefix + [control, "-D", f"{postgres}/data", "-m", "immediate", "-w", "restart", "-l", f"{postgres}/log"],
                           check=True, stdout=subprocess.DEVNULL)
        time.sleep(1)
        load.stop()
        print(check(souk, load))
    finally:
        souk.kill()
