"""Measures what providers and operators look at over millions of usage records, and the memory that it takes.

The records and their roll-ups are written straight into a SQLite database, as the server would have written them; `souk verify`
then says whether the two agree.
"""

import datetime
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

from run import SOUK, Bench, free_port, load, memory_mib, wait_for

RECORDS = int(os.environ.get("BENCH_RECORDS", "5000000"))
PROVIDERS, LISTINGS, BUYERS, DAYS = 200, 2000, 1000, 365
CHUNK = 100_000


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        bench = Bench(folder)
        try:
            run(bench)
        finally:
            bench.stop()


def run(bench):
    settings = {
        "SOUK_DATA_DIR": os.path.join(bench.folder, "data"),
        "SOUK_PORT": str(free_port()),
        "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0",
    }

    def command(*arguments, check=True):
        return subprocess.run([SOUK, *arguments], env={**os.environ, **settings}, capture_output=True, text=True, check=check)

    def key(role, owner):
        output = command("keys", "create", "--surface", "market", "--role", role, "--owner", owner, "--rate-limit", "0")
        return json.loads(output.stdout)["authorization"]

    command("migrate")
    keys = {"admin": key("admin", "ops"), "provider": key("provider", "provider-0"), "buyer": key("buyer", "buyer-0")}
    started = time.time()
    fill(os.path.join(bench.folder, "data/souk.sqlite"))
    size = os.path.getsize(os.path.join(bench.folder, "data/souk.sqlite")) / 2**30
    print(f"\n## Figures over {RECORDS:,} usage records\n")
    print(f"{LISTINGS:,} services of {PROVIDERS} providers, {BUYERS:,} buyers, {DAYS} days; SQLite, {size:.1f} GiB, written in {time.time() - started:.0f} s.\n")
    souk = bench.start([SOUK, "serve"], **settings)
    wait_for(int(settings["SOUK_PORT"]))
    market = f"http://127.0.0.1:{settings['SOUK_PORT']}/market/api/v1"
    scripts = {role: bench.script(f"{role}.lua", f'wrk.headers["Authorization"] = "Bearer {value}"\n') for role, value in keys.items()}
    print("| 2 connections | requests/s | p50 ms | p99 ms | memory, MiB |\n| --- | --- | --- | --- | --- |")
    worst, peak = 0, 0
    for name, path, role in QUESTIONS:
        load(market + path, 2, scripts[role])  # The warm-up.
        result = load(market + path, 2, scripts[role])
        memory = memory_mib([souk.pid])
        worst, peak = max(worst, result["p99"]), max(peak, memory)
        bad = f" ({result['bad']} not 2xx)" if result["bad"] else ""
        print(f"| {name}{bad} | {result['rate']:,.0f} | {result['p50']:.1f} | {result['p99']:.1f} | {memory:.0f} |", flush=True)
    verified = command("verify", check=False)
    print(f"\nWorst p99: {worst:.0f} ms; most memory (PSS): {peak:.0f} MiB. {verified.stdout.strip()}")
    sys.exit(verified.returncode)


QUESTIONS = [
    ("leaderboard", "/reputation/leaderboard?limit=100", "buyer"),
    ("provider dashboard", "/provider/dashboard", "provider"),
    ("provider services", "/provider/services", "provider"),
    ("service analytics", "/provider/services/00000000-0000-7000-8000-000000000000/analytics", "provider"),
    ("earnings", "/provider/earnings", "provider"),
    ("admin stats", "/admin/stats", "admin"),
    ("daily usage, 90 days", "/admin/usage/daily?days=90", "admin"),
    ("trends by day", "/admin/analytics/trends?granularity=daily&periods=52", "admin"),
    ("trends by week", "/admin/analytics/trends?granularity=weekly&periods=52", "admin"),
    ("trends by month", "/admin/analytics/trends?granularity=monthly&periods=12", "admin"),
    ("top services, 365 days", "/admin/analytics/top-services?days=365", "admin"),
    ("buyers, 365 days", "/admin/analytics/buyers?days=365", "admin"),
    ("provider ranking, all time", "/admin/providers/ranking", "admin"),
    ("provider ranking, 90 days", "/admin/providers/ranking?period=90", "admin"),
    ("services' health", "/admin/services/health", "admin"),
    ("payments", "/admin/payments/summary", "admin"),
    ("a buyer's totals", "/usage/me", "buyer"),
    ("a buyer's calls", "/usage?limit=100", "buyer"),
]


def fill(path):
    random.seed(1)
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY")
    owners = dict(database.execute("SELECT name, id FROM identity"))
    now = int(time.time() * 1_000_000)
    first = now - DAYS * 86_400_000_000

    def owner(name):
        if name not in owners:
            owners[name] = f"bench-{name}"
            database.execute("INSERT INTO identity (id, name, created_at) VALUES (?, ?, ?)", (owners[name], name, first))
        return owners[name]

    providers = [owner(f"provider-{number}") for number in range(PROVIDERS)]
    buyers = [owner(f"buyer-{number}") for number in range(BUYERS)]
    database.execute("BEGIN")
    database.executemany(
        """INSERT INTO market_listing (id, provider_id, name, description, endpoint, price_text, price_micros, payment_method,
            free_tier_calls, timeout_seconds, status, category, tags, created_at, updated_at)
        VALUES (?, ?, ?, '', 'https://api.example.com/', '0.05', 50000, ?, 0, 30, 'active', 'bench', '[]', ?, ?)""",
        [(listing(n), providers[n % PROVIDERS], f"Service {n}", ("x402", "paypal", "nowpayments")[n % 3], first, first) for n in range(LISTINGS)],
    )
    database.executemany(
        """INSERT INTO market_agent (id, owner_id, display_name, identity_type, capabilities, metadata, verified, reputation, status,
            suspended_by_admin, created_at, updated_at)
        VALUES (?, ?, ?, 'api_key_only', '[]', '{}', 0, ?, 'active', 0, ?, ?)""",
        [(f"agent-{n}", providers[n % PROVIDERS], f"Agent {n}", random.randrange(1001), first, first) for n in range(PROVIDERS * 5)],
    )
    step = DAYS * 86_400_000_000 // RECORDS
    for start in range(0, RECORDS, CHUNK):
        database.executemany(
            """INSERT INTO market_usage (id, buyer_id, listing_id, provider_id, called_at, latency_ms, status_code, amount,
                payment_method, is_free, outcome, transfer, commission_basis_points, request_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, NULL, 1000, '')""",
            [record(number, first + number * step, buyers, providers) for number in range(start, min(start + CHUNK, RECORDS))],
        )
    database.execute("COMMIT")
    roll_up(database, first)
    database.executescript("PRAGMA journal_mode = WAL; ANALYZE")
    database.close()


def listing(number):
    return f"00000000-0000-7000-8000-{number:012x}"


def record(number, at, buyers, providers):
    buyer = random.randrange(BUYERS)
    # Everybody keeps to a few services.
    service = (buyer * 7 + random.randrange(5) * 401) % LISTINGS
    fails = random.random() < 0.02
    return (
        f"{at // 1000 >> 16:08x}-{at // 1000 & 0xFFFF:04x}-7000-8000-{number:012x}",
        buyers[buyer],
        listing(service),
        providers[service % PROVIDERS],
        at,
        random.randrange(20, 900),
        503 if fails else 200,
        0 if fails else 50_000,
        ("x402", "paypal", "nowpayments")[service % 3],
        "failed" if fails else "answered",
    )


def roll_up(database, first):
    """The same sums as the server's, by the day and from the days on."""
    database.execute("CREATE TEMP TABLE day (number INTEGER PRIMARY KEY, day TEXT, week TEXT, month TEXT, every TEXT)")
    start = first // 86_400_000_000
    for number in range(start, start + DAYS + 2):
        day = datetime.date(1970, 1, 1) + datetime.timedelta(days=number)
        year, week, _ = day.isocalendar()
        database.execute(
            "INSERT INTO day VALUES (?, ?, ?, ?, 'all')", (number, f"D{day}", f"W{year}-W{week:02}", f"M{day:%Y-%m}")
        )
    for column in ("day", "week", "month", "every"):
        joined = f"FROM market_usage u JOIN day d ON d.number = u.called_at / 86400000000"
        database.executescript(f"""
            INSERT INTO market_rollup SELECT d.{column}, u.listing_id, u.provider_id, u.payment_method, COUNT(*),
                SUM(u.status_code < 400), SUM(u.status_code >= 500), SUM(u.latency_ms), SUM(u.amount),
                SUM(u.amount * u.commission_basis_points / 10000), MIN(u.called_at), MAX(u.called_at)
            {joined} GROUP BY d.{column}, u.listing_id;
            INSERT INTO market_rollup_buyer SELECT d.{column}, u.listing_id, u.buyer_id, COUNT(*) {joined}
            GROUP BY d.{column}, u.listing_id, u.buyer_id;
            INSERT INTO market_rollup_spender SELECT d.{column}, u.buyer_id, COUNT(*), SUM(u.latency_ms), SUM(u.amount) {joined}
            GROUP BY d.{column}, u.buyer_id;
        """)


if __name__ == "__main__":
    main()
