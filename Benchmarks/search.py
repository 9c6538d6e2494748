"""Measures finding over many services: questions over HTTP, writing under load, rebuilding, memory and disk, beside SQLite's FTS5 and
PostgreSQL's text search on the same records in the same run.

BENCH_SEARCH=10000,100000,1000000 are the sizes; POSTGRES_URL, if it is set, names a server for the comparison.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import uuid

from run import SOUK, Bench, ask, free_port, load, memory_mib, wait_for

SIZES = [int(size) for size in os.environ.get("BENCH_SEARCH", "10000,100000,1000000").split(",")]
CONNECTIONS = 8
TOPICS = {
    "weather": "weather forecast climate rain wind temperature radar storm hourly daily",
    "finance": "finance stock price market exchange rate currency portfolio quote bond",
    "text": "text summary summarize translate grammar sentiment keyword language rewrite title",
    "image": "image picture generate resize background upscale style photo logo caption",
    "speech": "speech voice transcribe audio speaker podcast subtitle dictation tone",
    "maps": "map route address geocode traffic distance postcode place elevation",
    "data": "data dataset scrape table clean convert csv company contact enrich",
    "travel": "travel flight hotel train booking fare airport visa tour",
    "code": "code review generate test explain refactor security dependency licence",
    "health": "health nutrition recipe exercise symptom medicine calorie sleep",
}
CATEGORIES = list(TOPICS)
HEADS = "api service tool engine assistant feed lookup generator checker agent".split()


def vocabulary():
    syllables = "ba co di fu ga ho ki lu ma ne po ra se ti vo za".split()
    return ["".join(syllables[(number // 16**place) % 16] for place in range(4)) + "nrtx"[number % 4] for number in range(60_000)]


RARE = vocabulary()


def records(count, seed=14):
    """About 25 words each; three of ten are about weather."""
    source = random.Random(seed)
    for number in range(count):
        topic = "weather" if source.random() < 0.3 else source.choice(CATEGORIES)
        words = TOPICS[topic].split()
        filler = [RARE[int(60_000 ** source.random()) - 1] for _ in range(8)]
        name = f"{source.choice(words)} {source.choice(words)} {source.choice(HEADS)} {RARE[int(60_000 ** source.random()) - 1]}"
        tags = source.sample(words, 2)
        body = source.choices(words, k=4) + [source.choice(HEADS)] + filler + ["for", "agents", "and", "people"]
        source.shuffle(body)
        yield (
            str(uuid.UUID(int=source.getrandbits(128))),
            name,
            " ".join(body),
            source.randrange(1, 5000) * 100,
            topic,
            tags,
            source.choice([0, 0, 0, 10]),
            1_770_000_000_000_000 + number * 1_000_000,
        )


def questions():
    """Of every kind in equal parts, in the order in which they are asked."""
    source = random.Random(15)
    words = [word for text in TOPICS.values() for word in text.split()]

    def some(count):
        return "+".join(source.choice(words) for _ in range(count))

    made = {
        "one common word": lambda: f"q={source.choice(['weather', 'forecast', 'api', 'rain', 'price'])}",
        "one rare word": lambda: f"q={source.choice(RARE)}",
        "two words": lambda: f"q={some(2)}",
        "a sentence": lambda: "q=" + source.choice(["an+api+that+tells+the+weather", "translate+a+text+for+my+agent", "summarize+podcasts+in+my+language"]),
        "eight words": lambda: f"q={some(8)}",
        "a word and a category": lambda: f"q={source.choice(words)}&category={source.choice(CATEGORIES)}",
        "a word and a price": lambda: f"q={source.choice(words)}&max_price=0.{source.randrange(10, 50)}",
        "by price": lambda: f"q={source.choice(words)}&sort_by=price",
        "by tag": lambda: f"tags={source.choice(words)}",
        "a typing error": lambda: "q=" + source.choice(["wether", "forcast", "tranlsate", "sumary"]),
    }
    return {kind: [make() for _ in range(200)] for kind, make in made.items()}


def script(bench, name, paths):
    lines = ",\n".join(f'"{path}"' for path in paths)
    return bench.script(name, f"local paths = {{{lines}}}\nlocal n = 0\nrequest = function()\n  n = n + 1\n  return wrk.format(\"GET\", paths[n % #paths + 1])\nend\n")


class Market:
    def __init__(self, bench, name):
        self.bench = bench
        self.data = os.path.join(bench.folder, name)
        self.port = free_port()
        self.settings = {"SOUK_DATA_DIR": self.data, "SOUK_PORT": str(self.port), "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0"}
        self.url = f"http://127.0.0.1:{self.port}/market/api/v1"

    def command(self, *arguments):
        return subprocess.run([SOUK, *arguments], env={**os.environ, **self.settings}, capture_output=True, text=True, check=True).stdout

    def fill(self, rows):
        self.command("migrate")
        self.key = json.loads(self.command("keys", "create", "--surface", "market", "--role", "provider", "--owner", "seller", "--rate-limit", "0"))["authorization"]
        database = sqlite3.connect(os.path.join(self.data, "souk.sqlite"))
        provider = database.execute("SELECT id FROM identity WHERE name = 'seller'").fetchone()[0]
        database.executemany(
            "INSERT INTO market_listing (id, provider_id, name, description, endpoint, price_text, price_micros, payment_method,"
            " free_tier_calls, timeout_seconds, status, category, tags, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, 'https://api.example.com/', ?, ?, 'x402', ?, 30, 'active', ?, ?, ?, ?)",
            (
                (id, provider, name, body, f"{price / 1e6:.4f}", price, free, category, json.dumps(tags), at, at)
                for id, name, body, price, category, tags, free, at in rows
            ),
        )
        database.commit()
        database.close()

    def start(self):
        started = time.time()
        self.process = self.bench.start([SOUK, "serve"], **self.settings)
        for _ in range(4):
            try:
                wait_for(self.port)
                break
            except SystemExit:
                continue
        return time.time() - started

    def total(self):
        return ask("GET", self.url + "/discover?limit=1")["total"]

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def disk_mib(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names) / 2**20


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        bench = Bench(folder)
        try:
            for size in SIZES:
                measure(bench, size)
        finally:
            bench.stop()


def measure(bench, size):
    print(f"\n## {size:,} services of about 25 words\n", flush=True)
    rows = list(records(size))
    text = sum(len(name) + len(body) + sum(map(len, tags)) for _, name, body, _, _, tags, _, _ in rows) / 2**20
    market = Market(bench, f"market-{size}")
    market.fill(rows)
    began = time.time()
    first = market.start()
    while market.total() < size:
        time.sleep(0.2)
    built = time.time() - began
    time.sleep(15)  # Merging and the first save.
    index = disk_mib(os.path.join(market.data, "search"))
    print(f"Text {text:.0f} MiB, index {index:.0f} MiB. Built from the database in {built:.1f} s (the server answered after {first:.1f} s).", flush=True)
    market.stop()
    again = market.start()
    begin = time.time()
    ask("GET", market.url + "/discover?q=weather+forecast&limit=10")
    print(f"Start with the index: {again * 1000:.0f} ms; first question {1000 * (time.time() - begin):.1f} ms.\n")
    print("| 8 connections | requests/s | p50 ms | p99 ms | CPU µs/request | memory MiB |\n| --- | --- | --- | --- | --- | --- |")
    asked = questions()
    mixed = [question for group in zip(*asked.values()) for question in group]
    paths = {"mixed": mixed, **asked}
    for name, list_ in paths.items():
        urls = [f"/market/api/v1/discover?{question}&limit=10" for question in list_]
        report(bench, market, name, script(bench, "q.lua", urls))
    report(bench, market, "categories", script(bench, "c.lua", ["/market/api/v1/discover/categories"]))
    report(bench, market, "all by price", script(bench, "p.lua", ["/market/api/v1/discover?sort_by=price&limit=10"]))
    writing(bench, market, mixed)
    changing(bench, market, mixed)
    market.stop()
    others(size, rows, asked)
    shutil.rmtree(market.data)


def report(bench, market, name, lua):
    load(market.url, CONNECTIONS, lua)
    result = load(market.url, CONNECTIONS, lua, [market.process.pid])
    bad = f" ({result['bad']} not 2xx)" if result["bad"] else ""
    print(
        f"| {name}{bad} | {result['rate']:,.0f} | {result['p50']:.2f} | {result['p99']:.1f} | {result['cpu']:.0f} | {memory_mib([market.process.pid]):.0f} |",
        flush=True,
    )


WRITE = """
local number = 0
request = function()
  number = number + 1
  local body = '{"name":"weather api ' .. number .. '","description":"rain and wind for agents ' .. number .. '","endpoint":"https://93.184.216.34/","price_per_call":"0.01","category":"weather","tags":["rain"]}'
  return wrk.format("POST", "/market/api/v1/services", { ["Authorization"] = "Bearer KEY", ["Content-Type"] = "application/json" }, body)
end
"""


def reading(bench, mixed):
    return script(bench, "q.lua", [f"/market/api/v1/discover?{question}&limit=10" for question in mixed])


def writing(bench, market, mixed):
    lua, results = bench.script("w.lua", WRITE.replace("KEY", market.key)), {}
    writer = threading.Thread(target=lambda: results.update(writes=load(market.url, 32, lua)))
    writer.start()
    results["reads"] = load(market.url, CONNECTIONS, reading(bench, mixed))
    writer.join()
    writes, reads = results["writes"], results["reads"]
    print(f"\nRegistering over HTTP beside the mixed questions: {writes['rate']:,.0f} services/s; questions {reads['rate']:,.0f}/s, p99 {reads['p99']:.1f} ms.", flush=True)


NEW_ID = "substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8' || substr(h, 18, 3) || '-' || substr(h, 21, 12)"
# Of the rows from one on: a fifth is copied as new services, a fifth is removed, the rest gets another text.
CHANGES = [
    f"""INSERT INTO market_listing (id, provider_id, name, description, endpoint, price_text, price_micros, payment_method,
        free_tier_calls, timeout_seconds, status, category, tags, created_at, updated_at) SELECT {NEW_ID}, provider_id, name, description, endpoint, price_text, price_micros, payment_method,
        free_tier_calls, timeout_seconds, 'active', category, tags, created_at, updated_at
        FROM (SELECT *, lower(hex(randomblob(16))) AS h FROM market_listing WHERE rowid BETWEEN :from AND :from + :count / 5 - 1)""",
    "UPDATE market_listing SET status = 'removed' WHERE rowid BETWEEN :from + :count / 5 AND :from + :count * 2 / 5 - 1",
    "UPDATE market_listing SET description = description || ' ' || name WHERE rowid BETWEEN :from + :count * 2 / 5 AND :from + :count - 1",
    """INSERT INTO search_change (kind, record_id, changed_at) SELECT 'market.services', id, :now FROM market_listing
        WHERE rowid BETWEEN :from + :count / 5 AND :from + :count - 1 OR rowid > :last""",
]


def changing(bench, market, mixed, seconds=10, rate=5000):
    """Changes services as another node does: in the database, from where the server follows."""
    made = {}

    def change():
        database = sqlite3.connect(os.path.join(market.data, "souk.sqlite"), timeout=30, isolation_level=None)
        source, count, begin = random.Random(16), rate // 10, time.time()
        last = highest = database.execute("SELECT MAX(rowid) FROM market_listing").fetchone()[0]
        for step in range(seconds * 10):
            values = {"from": source.randrange(1, highest - count), "count": count, "now": int(time.time() * 1e6), "last": last}
            database.execute("BEGIN IMMEDIATE")
            for statement in CHANGES:
                database.execute(statement, values)
            last = database.execute("SELECT MAX(rowid) FROM market_listing").fetchone()[0]
            database.execute("COMMIT")
            time.sleep(max(0, begin + (step + 1) / 10 - time.time()))
        made["rate"] = seconds * 10 * count / (time.time() - begin)
        at, word = time.time(), f"lastone{os.getpid()}"
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE market_listing SET name = ? WHERE rowid = ?", (word, last))
        database.execute("INSERT INTO search_change (kind, record_id, changed_at) SELECT 'market.services', id, ? FROM market_listing WHERE rowid = ?", (int(at * 1e6), last))
        database.execute("COMMIT")
        while ask("GET", f"{market.url}/discover?q={word}&limit=1")["total"] == 0 and time.time() < at + 60:
            time.sleep(0.01)
        made["found"] = time.time() - at

    writer = threading.Thread(target=change)
    writer.start()
    time.sleep(2)
    reads = load(market.url, CONNECTIONS, reading(bench, mixed))
    writer.join()
    print(
        f"Changed from outside beside the mixed questions: {made['rate']:,.0f} services/s, the last one found after {made['found']:.2f} s;"
        f" questions {reads['rate']:,.0f}/s, p99 {reads['p99']:.1f} ms.",
        flush=True,
    )


def others(size, rows, asked):
    """One connection each, in this process: the first ten of a question, by score."""
    words = [question[2:].replace("+", " ") for kind in ("one common word", "one rare word", "two words") for question in asked[kind][:20]]
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(os.path.join(folder, "fts.sqlite"))
        database.execute("CREATE VIRTUAL TABLE f USING fts5(name, tags, body)")
        database.executemany("INSERT INTO f VALUES (?, ?, ?)", ((name, " ".join(tags), body) for _, name, body, _, _, tags, _, _ in rows))
        database.commit()
        times = sorted(timed(lambda: database.execute("SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f) LIMIT 10", (text,)).fetchall()) for text in words)
        print(f"\nFTS5, by score, one at a time: p50 {times[len(times) // 2]:.1f} ms, worst {times[-1]:.0f} ms.", flush=True)
        database.close()
    url = os.environ.get("POSTGRES_URL")
    if not url:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        for id, name, body, _, _, tags, _, _ in rows:
            file.write(f"{name}\t{' '.join(tags)} {body}\n")
        file.flush()
        setup = (
            "DROP TABLE IF EXISTS f; CREATE TABLE f (name text, body text, v tsvector);"
            f"\\copy f (name, body) from '{file.name}'\n"
            "UPDATE f SET v = setweight(to_tsvector('english', name), 'A') || to_tsvector('english', body);"
            "CREATE INDEX ON f USING gin (v); ANALYZE f;"
        )
        os.chmod(file.name, 0o644)
        subprocess.run(["psql", "-q", url], input=setup, text=True, check=True, capture_output=True)
    asks = "\\timing on\n" + "\n".join(
        f"SELECT ctid FROM f, plainto_tsquery('english', '{text}') q WHERE v @@ q ORDER BY ts_rank(v, q) DESC LIMIT 10;" for text in words
    )
    output = subprocess.run(["psql", url], input=asks, text=True, check=True, capture_output=True).stdout
    times = sorted(float(line.split()[1]) for line in output.splitlines() if line.startswith("Time:"))
    print(f"PostgreSQL, by rank, one at a time: p50 {times[len(times) // 2]:.1f} ms, worst {times[-1]:.0f} ms.", flush=True)
    subprocess.run(["psql", "-q", url, "-c", "DROP TABLE f"], check=True)


def timed(body):
    begin = time.perf_counter()
    body()
    return 1000 * (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
