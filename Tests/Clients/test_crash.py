"""Kill -9 under load, again and again: nothing acknowledged is lost, nobody is charged twice, no reservation stays.

`CRASH_ROUNDS` says how often (the continuous integration runs a few rounds, a release all 200).
"""

import collections
import glob
import os
import random
import subprocess
import threading
import time
import uuid

import httpx
import pytest

from conftest import Souk

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "6"))
PRICE = 50_000


class Load:
    """Clients that call without a pause and write down, for every Idempotency-Key, what they were told."""

    def __init__(self, souk, service, key, writers=8):
        self.souk = souk
        self.service = service
        self.key = key
        self.acknowledged = {}
        self.tried = set()
        self.running = True
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(writers)]
        for thread in self.threads:
            thread.start()

    def work(self):
        with self.souk.client(self.key) as client:
            while self.running:
                name = str(uuid.uuid4())
                self.tried.add(name)
                # A client that hears nothing asks again under the same key.
                for _ in range(20):
                    if not self.running:
                        return
                    try:
                        answer = client.post(f"/proxy/{self.service}/x", content=b"x", headers={"Idempotency-Key": name}, timeout=10)
                    except httpx.HTTPError:
                        time.sleep(0.05)
                        continue
                    if answer.status_code == 200:
                        self.acknowledged[name] = answer.headers["X-ACF-Usage-Id"]
                        break
                    if answer.status_code not in (409, 500, 503):
                        raise AssertionError(f"{answer.status_code} {answer.text}")
                    time.sleep(0.05)

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(60)


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
        load = Load(souk, service, key)
        for _ in range(ROUNDS):
            time.sleep(random.uniform(0.1, 0.6))
            souk.kill()
            souk.start()
        time.sleep(0.5)
        load.stop()
        print(check(souk, load))
    finally:
        souk.kill()


@pytest.mark.skipif("TEST_POSTGRES" not in os.environ, reason="no PostgreSQL")
def test_a_restarted_database_server_loses_nothing(tmp_path, host):
    postgres = os.environ["POSTGRES_DATA"]
    control = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))[-1]
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    url = os.environ["TEST_POSTGRES"].rsplit("/", 1)[0]
    name = f"crash_{uuid.uuid4().hex}"
    subprocess.run(["psql", "-q", os.environ["TEST_POSTGRES"], "-c", f"CREATE DATABASE {name}"], check=True)
    souk = Souk(tmp_path, database=f"{url}/{name}").start()
    try:
        service, key = prepare(souk, host())
        load = Load(souk, service, key)
        for _ in range(max(2, ROUNDS // 10)):
            time.sleep(random.uniform(0.5, 1.5))
            subprocess.run(prefix + [control, "-D", f"{postgres}/data", "-m", "immediate", "-w", "restart", "-l", f"{postgres}/log"],
                           check=True, stdout=subprocess.DEVNULL)
        time.sleep(1)
        load.stop()
        print(check(souk, load))
    finally:
        souk.kill()
