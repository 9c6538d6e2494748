"""Measures the forum beside bare Hummingbird: posts with validation, score and event, pages of a long thread, search over many posts,
statistics, and the closing of a month.
"""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.parse

from run import BARE, SOUK, Bench, ask, compare, free_port, load, memory_mib, wait_for

POSTS = int(os.environ.get("BENCH_POSTS", "200000"))
ORDERS = int(os.environ.get("BENCH_ORDERS", "100000"))
LONG = 5000
SYLLABLES = "ka shi to ne ru mo ha ri su wa ben tal cor ven pas mir lon der".split()
# As in language, few words are used often.
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
WEIGHTS = [1 / (rank + 3) for rank in range(len(WORDS))]
GEO = {"iso": "JP-01", "latitude": 42.8045, "longitude": 140.6873, "radiusM": 500, "season": "winter", "validFrom": "2026-12-01", "validTo": "2027-03-31"}

POST = """
local words = {}
for i = 1, 2000 do words[i] = string.format("w%04x%d", i * 7919 % 65536, i) end
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer KEY"
wrk.headers["Content-Type"] = "application/json"
function request()
  local text = {}
  for i = 1, 40 do text[i] = words[math.random(2000)] end
  return wrk.format(nil, nil, nil, '{"threadId":"THREAD","body":"' .. table.concat(text, " ") .. '",REST}')
end
"""
ASK = """
local paths, number = { PATHS }, 0
request = function()
  number = number + 1
  return wrk.format("GET", paths[number % #paths + 1])
end
"""


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        bench = Bench(folder)
        try:
            run(bench)
        finally:
            bench.stop()


def key(settings, role, owner):
    command = [SOUK, "keys", "create", "--surface", "forum", "--role", role, "--owner", owner, "--rate-limit", "0"]
    output = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True).stdout
    return json.loads(output)


def fill(path, thread, author, partner):
    """Many posts, written beside the server: a thread of thousands, and as many in threads of fifty."""
    database = sqlite3.connect(path)
    columns = [row[1] for row in database.execute("PRAGMA table_info(forum_post)")]
    pattern = dict(zip(columns, database.execute("SELECT * FROM forum_post WHERE thread = ?", [thread]).fetchone()))
    chosen = random.Random(7)
    now = int(time.time() * 1e6) - 86_400_000_000

    def post(number, thread, place):
        text = " ".join(chosen.choices(WORDS, WEIGHTS, k=40))
        is_agent = number % 2 == 0
        made = {**pattern, "id": f"00000000-0000-7000-8000-{number:012x}", "thread": thread, "number": place, "body": text, "html": f"<p>{text}</p>\n",
                "created_at": now + number, "published_at": now + number, "latitude": 24_000_000 + chosen.randrange(21_000_000),
                "longitude": 123_000_000 + chosen.randrange(25_000_000)}
        if not is_agent:
            made.update({name: None for name in ("partner_id", "agent_version", "iso", "latitude", "longitude", "radius", "season", "valid_from", "valid_to", "ai")},
                        author="00000000-0000-7000-8000-ffffffffffff")
        return [made[name] for name in columns]

    insert = f"INSERT INTO forum_post ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    with database:
        database.execute("INSERT INTO forum_member (id, identity_id, username, display_name, language, is_moderator, level, hides_agents, posts_shown, created_at)"
                         " VALUES ('00000000-0000-7000-8000-ffffffffffff', 'none', 'reader', 'Reader', 'en', 0, 3, 0, 0, 0)")
        database.executemany(insert, (post(number, thread, number + 2) for number in range(LONG - 1)))
        database.execute("UPDATE forum_thread SET post_count = ?, agent_post_count = ? WHERE id = ?", [LONG, LONG // 2 + 1, thread])
        names = [row[1] for row in database.execute("PRAGMA table_info(forum_thread)")]
        opened = dict(zip(names, database.execute("SELECT * FROM forum_thread WHERE id = ?", [thread]).fetchone()))
        number = LONG
        while number < POSTS:
            made = {**opened, "id": f"10000000-0000-7000-8000-{number:012x}", "slug": f"t-{number}", "title": f"{chosen.choice(WORDS)} {chosen.choice(WORDS)}",
                    "post_count": 50, "agent_post_count": 25}
            database.execute(f"INSERT INTO forum_thread ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", [made[name] for name in names])
            database.executemany(insert, (post(number + place, made["id"], place + 1) for place in range(50)))
            number += 50
        month = int(time.mktime(time.strptime(time.strftime("%Y-%m-01"), "%Y-%m-%d"))) - 10 * 86_400
        database.executemany(
            "INSERT INTO forum_order (id, status, amount, refund, occurred_at, click, partner_id, post, share_percent, share, reported_at)"
            " VALUES (?, 'paid', 19990000, 0, ?, 'c', ?, 'p', 15, 2998500, ?)",
            ((f"O-{number}", month * 1_000_000 + number, partner, now) for number in range(ORDERS)),
        )
    database.close()


def run(bench):
    port, bare_port = free_port(), free_port()
    data = os.path.join(bench.folder, "data")
    settings = {
        "SOUK_DATA_DIR": data, "SOUK_PORT": str(port), "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0", "SOUK_LIMITS_CONNECTIONS_PER_ADDRESS": "0",
        "SOUK_FORUM_RATE_LIMIT_PER_HOUR": "0",
    }
    bare = bench.start([BARE, str(bare_port), "http://127.0.0.1:9/"])
    souk = bench.start([SOUK, "serve"], **settings)
    wait_for(port), wait_for(bare_port)
    forum = f"http://127.0.0.1:{port}/forum"
    partner, boss = key(settings, "partner", "bench.example"), key(settings, "operator", "boss")["authorization"]
    token = partner["authorization"]
    agent = ask("POST", f"{forum}/api/v1/agents", token, {"displayName": "Bench", "baseModel": "m", "trainingCutoff": "2026-04-01"})["data"]["id"]
    ai = {"operator": "bench.example", "agentId": agent, "model": "m", "trainingCutoff": "2026-04-01", "confidence": 0.8, "firstHand": True}
    threads = [
        ask("POST", f"{forum}/api/v1/posts", token, {"thread": {"title": title, "category": "hokkaido"}, "body": "The opening post.", "geo": GEO, "aiWs": ai})["data"]
        for title in ("A long thread", "Where posts arrive")
    ]
    bench.processes.remove(souk)
    souk.send_signal(signal.SIGTERM)
    souk.wait()
    # It is made anew of all posts.
    shutil.rmtree(os.path.join(data, "search"), ignore_errors=True)
    fill(os.path.join(data, "souk.sqlite"), threads[0]["threadId"], agent, partner["partner_id"])
    souk = bench.start([SOUK, "serve"], **settings)
    wait_for(port)
    started = time.monotonic()
    while not is_indexed(bench):
        time.sleep(1)
    print(f"\n## The forum\n\n{POSTS:,} posts, half of them an agent's; a thread of {LONG:,}. Their index was whole after {time.monotonic() - started:.0f} s.")
    idle = memory_mib([souk.pid])

    rest = json.dumps({"geo": GEO, "aiWs": ai})[1:-1]
    script = bench.script("post.lua", POST.replace("KEY", token).replace("THREAD", threads[1]["threadId"]).replace("REST", rest))
    plain = bench.script("plain.lua", 'wrk.method = "POST"\nwrk.body = string.rep("x", 700)\n')
    for connections in (1, 32):
        compare("A post: judged, scored against 200 own ones, with its event, durable", connections, [
            ("bare Hummingbird", f"http://127.0.0.1:{bare_port}/", plain, [bare.pid]), ("Souk", f"{forum}/api/v1/posts", script, [souk.pid]),
        ])
    page = f"{forum}/en/forum/threads/hokkaido/a-long-thread"
    compare("A page of 50 posts", 8, [
        ("bare Hummingbird", f"http://127.0.0.1:{bare_port}/", None, [bare.pid]), ("page 1", page, None, [souk.pid]),
        ("page 100 of 5,000 posts", f"{page}?after={LONG - 50}", None, [souk.pid]), ("page 1 without AI", f"{page}?ai=exclude", None, [souk.pid]),
        ("the last one without AI", f"{page}?ai=exclude&after={LONG - 100}", None, [souk.pid]),
    ])
    chosen = random.Random(5)
    words = [f'"/forum/api/forum/v1/search?q={urllib.parse.quote(" ".join(chosen.sample(WORDS, 2)))}"' for _ in range(500)]
    near = [f'"/forum/api/forum/v1/search?near={24 + chosen.random() * 21:.4f},{123 + chosen.random() * 25:.4f},20"' for _ in range(500)]
    print(f"\n### Search over {POSTS:,} posts, 8 connections\n\n| for | requests/s | p50 ms | p99 ms | CPU µs |\n| --- | --- | --- | --- | --- |")
    for name, paths in (("two words", words), ("a place", near)):
        script = bench.script("ask.lua", ASK.replace("PATHS", ", ".join(paths)))
        runs = [load(f"http://127.0.0.1:{port}/", 8, script, [souk.pid]) for _ in range(3)]
        middle = {part: statistics.median(one[part] for one in runs) for part in ("rate", "p50", "p99", "cpu")}
        print(f"| {name} | {middle['rate']:,.0f} | {middle['p50']:.2f} | {middle['p99']:.2f} | {middle['cpu']:.0f} |")
    stats = bench.script("stats.lua", f'wrk.headers["Authorization"] = "Bearer {token}"\n')
    one = load(f"{forum}/api/v1/agents/me/stats", 1, stats, [souk.pid])
    month = time.strftime("%Y-%m", time.gmtime(time.mktime(time.strptime(time.strftime("%Y-%m-01"), "%Y-%m-%d")) - 5 * 86_400))
    ask("PUT", f"{forum}/api/forum/v1/operator/months/{month}/rate", boss, {"usdJpy": "156.72", "source": "bench", "asOf": f"{month}-20"})
    started = time.monotonic()
    closed = ask("POST", f"{forum}/api/forum/v1/operator/months/{month}/close", boss, {})["payouts"]
    seconds = time.monotonic() - started
    print(f"\nStatistics from the snapshot: p50 {one['p50']:.2f} ms. A month of {closed[0]['orders']:,} orders closes in {seconds:.2f} s.")
    print(f"Memory: {idle:.0f} MiB before the load, {memory_mib([souk.pid]):.0f} MiB after it.")


def is_indexed(bench):
    """Whether the search has every post: the log says so."""
    said = open(os.path.join(bench.folder, "out")).read()
    counts = re.findall(r'"forum\.posts"[^\n]*complete","records":"(\d+)"', said)
    return bool(counts) and int(counts[-1]) >= POSTS


if __name__ == "__main__":
    main()
