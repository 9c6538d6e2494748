"""Measures the affiliate network: clicks and conversions beside bare Hummingbird, searches over many programs, and the closing
of a month of a million conversions.
"""

import calendar
import json
import os
import sqlite3
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from run import BARE, SOUK, WORDS, Bench, ask, compare, free_port, memory_mib, wait_for

PROGRAMS = int(os.environ.get("BENCH_PROGRAMS", "10000"))
CONVERSIONS = int(os.environ.get("BENCH_CONVERSIONS", "1000000"))
PUBLISHERS = 5000

# Every request is another visitor's, since one who clicks twenty times a minute no longer counts. The bare server is sent the same
# requests, so that the ratios hold the load generator's own work on both sides.
CLICK = """
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", nil, { ["User-Agent"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0 " .. number })
end
"""
ORDER = """
local number, run = 0, os.time() .. tostring(os.clock()):sub(-4)
request = function()
  number = number + 1
  local body = '{"action":"agent.record_conversion","params":{"tracking_code":"CODE","order_id":"' .. run .. '-' .. number .. '","amount":9800}}'
  return wrk.format("POST", nil, { ["Authorization"] = "Bearer KEY", ["Content-Type"] = "application/json" }, body)
end
"""


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        bench = Bench(folder)
        try:
            traffic(bench)
            closing(bench)
        finally:
            bench.stop()


class Network:
    """A server of its own, and the keys of a shop, an agent and the operator."""

    def __init__(self, bench, name):
        self.bench, self.port = bench, free_port()
        self.settings = {
            "SOUK_DATA_DIR": os.path.join(bench.folder, name),
            "SOUK_PORT": str(self.port),
            "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0",
        }
        self.url = f"http://127.0.0.1:{self.port}/affiliate"
        self.keys = {role: self.key(role) for role in ("advertiser", "agent", "operator")}

    def command(self, *arguments, check=True):
        return subprocess.run([SOUK, *arguments], env={**os.environ, **self.settings}, capture_output=True, text=True, check=check)

    def key(self, role):
        output = self.command("keys", "create", "--surface", "affiliate", "--role", role, "--owner", f"bench-{role}", "--rate-limit", "0")
        return json.loads(output.stdout)["authorization"]

    def start(self):
        self.souk = self.bench.start([SOUK, "serve"], **self.settings)
        wait_for(self.port)
        return self

    def ask(self, role, method, path, body=None):
        return ask(method, f"{self.url}/api/v1{path}", self.keys[role], body)["data"]

    def act(self, action, params):
        return ask("POST", f"{self.url}/api/mcp.php", self.keys["agent"], {"action": action, "params": params})["data"]

    def verify(self):
        print("\n" + self.command("verify", check=False).stdout.strip().splitlines()[-1])


def program(number=0):
    words = [WORDS[(number * step) % len(WORDS)] for step in (1, 3, 7)]
    return {
        "name": f"{words[0].title()} {words[1].title()} {number}", "description": f"Pays for {words[2]}. 画像生成の広告 {number}",
        "category_id": 1 + number % 10, "landing_url": "https://shop.example.com/", "reward_type": "cpa",
        "reward_amount": 100 + number % 5000, "status": "active", "auto_approve": number % 3 == 0,
    }


def traffic(bench):
    network = Network(bench, "traffic").start()
    port = free_port()
    bare = bench.start([BARE, str(port), "http://127.0.0.1:9/"])
    wait_for(port)
    made = network.ask("advertiser", "POST", "/programs", program())["id"]
    partnership = network.act("publisher.partnerships_apply", {"program_id": made})
    network.act("agent.track_click", {"partnership_id": partnership["id"]})
    code, key = partnership["tracking_code"], network.keys["agent"]
    click = bench.script("click.lua", CLICK)
    order = bench.script("order.lua", ORDER.replace("CODE", code).replace("KEY", key))
    actions = f"{network.url}/api/mcp.php"
    print("\n## The affiliate network")
    compare("Clicks, each durable before it is sent on", 64, [
        ("bare Hummingbird", f"http://127.0.0.1:{port}/", click, [bare.pid]),
        ("Souk GET /t/{tracking_code}", f"{network.url}/t/{code}", click, [network.souk.pid]),
    ])
    compare("Conversions, each another order", 32, [
        ("bare Hummingbird", f"http://127.0.0.1:{port}/", order, [bare.pid]),
        ("Souk agent.record_conversion", actions, order, [network.souk.pid]),
    ])
    started = time.time()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: network.ask("advertiser", "POST", "/programs", program(number)), range(PROGRAMS)))
    print(f"\n{PROGRAMS:,} programs made in {time.time() - started:.1f} s.")
    searches = {
        "the newest": {}, "keyword weather": {"keyword": "weather"}, "画像生成, best EPC": {"keyword": "画像生成", "sort": "epc_desc"},
        "a category, approving at once, by reward": {"category_id": 3, "auto_approve": True, "sort": "reward_desc"},
    }
    contenders = []
    for number, (name, params) in enumerate(searches.items()):
        body = json.dumps({"action": "publisher.programs_search", "params": params})
        script = f'wrk.method = "POST"\nwrk.headers["Authorization"] = "Bearer {key}"\nwrk.body = {json.dumps(body)}\n'
        contenders.append((f"programs_search: {name}", actions, bench.script(f"search-{number}.lua", script), [network.souk.pid]))
    compare(f"Search over {PROGRAMS:,} programs", 8, contenders)
    network.verify()


def closing(bench):
    """Writes a month of conversions straight into SQLite, as the server would have, and closes it."""
    network = Network(bench, "month")
    started = time.time()
    fill(os.path.join(network.settings["SOUK_DATA_DIR"], "souk.sqlite"))
    print(f"\n### A month of {CONVERSIONS:,} conversions of {PUBLISHERS:,} publishers\n\nWritten in {time.time() - started:.0f} s.")
    network.start()
    month = network.ask("operator", "GET", "/operator/months")["next_month"]
    memory, ended = [memory_mib([network.souk.pid])], threading.Event()

    def watch():
        while not ended.wait(0.2):
            memory.append(memory_mib([network.souk.pid]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.time()
    network.ask("operator", "POST", f"/operator/months/{month}/close", {})
    while (state := network.ask("operator", "GET", f"/operator/months/{month}"))["state"] == "closing":
        time.sleep(0.1)
    took = time.time() - started
    ended.set()
    watcher.join()
    print(f"Closed in {took:.1f} s with {max(memory):.0f} MiB at most (PSS): {state['payouts']:,} payouts, ¥{state['net_amount']:,} to be transferred.")
    network.verify()


def fill(path):
    database = sqlite3.connect(path)
    now = int(time.time())
    local = time.gmtime(now + 9 * 3600)
    first = calendar.timegm((local.tm_year, local.tm_mon, 1, 0, 0, 0)) - 9 * 3600
    month = (first - 20 * 86400) * 1_000_000
    advertiser = database.execute("SELECT identity_id FROM affiliate_account WHERE role = 'advertiser'").fetchone()[0]
    terms = '{"allowsSelfBack":false,"cookieDays":30,"holdDays":0,"rewardType":"cpa","typicalOrderAmount":0,"unit":"yen","value":100}'
    reward, each = 100, CONVERSIONS // PUBLISHERS
    database.execute(
        "INSERT INTO affiliate_program (advertiser_id, category_id, name, description, landing_url, status, terms_version, terms, reward_type,"
        " reward_amount, self_back, allow_listing, itp_supported, auto_approve, has_product_link, valid_clicks, approved_count, rejected_count,"
        " reward_total, confirmation_rate, epc, created_at, updated_at, published_at)"
        " VALUES (?, 1, 'P', '', 'https://shop.example.com/', 'active', 1, ?, 'cpa', 100, 0, 0, 0, 1, 0, 0, ?, 0, ?, 10000, -1, 0, 0, 0)",
        (advertiser, terms, CONVERSIONS, CONVERSIONS * reward),
    )
    people = [f"acc_bench_{number:05d}" for number in range(PUBLISHERS)]
    database.executemany("INSERT INTO identity (id, name, created_at) VALUES (?, ?, ?)", [(person, person, month) for person in people])
    database.executemany(
        "INSERT INTO affiliate_account (identity_id, role, display_name, language, site_name, site_url, site_description, company_name,"
        " company_url, contact_name, tax_regime, bank_code, closed_until, paid_until, created_at)"
        " VALUES (?, 'publisher', ?, 'en', '', '', '', '', '', '', ?, '', 0, 0, ?)",
        [(person, person, ("none", "flat", "excess")[number % 3], month) for number, person in enumerate(people)],
    )
    account = "INSERT INTO ledger_account (owner, purpose, currency, never_below_zero, debits_pending, debits_posted, credits_pending, credits_posted, created_at) VALUES (?, ?, 'JPY', 0, 0, ?, 0, ?, 0)"
    total = each * reward * 1_000_000
    debtor = database.execute(account, (advertiser, "advertising", total * PUBLISHERS, 0)).lastrowid
    for person in people:
        number = database.execute(account, (person, "rewards", 0, total)).lastrowid
        database.execute(
            "INSERT INTO ledger_transfer (reference, debit_account, credit_account, amount, state, posted_amount, kind, subject, created_at)"
            " VALUES (?, ?, ?, ?, 'posted', ?, 'reward', 'bench', 0)",
            (f"bench:{person}", debtor, number, total, total),
        )
    database.executemany(
        "INSERT INTO affiliate_conversion (program_id, partnership_id, publisher_id, advertiser_id, terms_version, order_id, amount, reward,"
        " source, status, reason, flags, is_held, revision, occurred_at, reported_at, decided_at, payable_at, trace_id)"
        " VALUES (1, 1, ?, ?, 1, ?, 1000, ?, 'postback', 'approved', 0, '', 0, 1, ?, ?, ?, ?, '')",
        (
            (people[number % PUBLISHERS], advertiser, f"O-{number}", reward, month, month, month, month + number)
            for number in range(each * PUBLISHERS)
        ),
    )
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
