"""Measures the gateway beside a bare forward to the same model, in one run: what a relay and an agent's chat cost, what a stream's first word
waits for, and whether 512 streams lose a word. With LITELLM, the python of an environment that has `litellm[proxy]`, its proxy runs beside them.
"""

import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from run import BARE, OWNERS, ROOT, SOUK, Bench, ask, compare, free_port, load, make_key, memory_mib, wait_for

LITELLM = os.environ.get("LITELLM", os.path.join(ROOT, ".venv-litellm/bin/litellm"))
MESSAGES = [{"role": "user", "content": "A question of about forty words, as people ask them. " * 4}]


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        try:
            run(bench)
        finally:
            bench.stop()


def run(bench):
    model_port, bare_port, souk_port, lite_port = (free_port() for _ in range(4))
    model = f"http://127.0.0.1:{model_port}/v1"
    bench.start([BARE, str(model_port), "http://127.0.0.1:9/"])
    bare = bench.start([BARE, str(bare_port), f"{model}/chat/completions"])
    settings = {
        "SOUK_DATA_DIR": os.path.join(bench.folder, "data"), "SOUK_PORT": str(souk_port),
        "SOUK_OUTBOUND_ALLOW": "127.0.0.1", "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0", "SOUK_LIMITS_CONNECTIONS_PER_ADDRESS": "0",
        "SOUK_GATEWAY_PROVIDER_ORIGINS": f"http://127.0.0.1:{model_port}", "SOUK_GATEWAY_TENANT_BUDGET_CENTS": "100000000",
    }
    souk = bench.start([SOUK, "serve"], **settings)
    for port in (model_port, bare_port, souk_port):
        wait_for(port)
    idle = memory_mib([souk.pid])
    gateway = f"http://127.0.0.1:{souk_port}/gateway/v1"
    token = open(os.path.join(bench.folder, "data/gateway-token")).read()
    provider = ask("POST", f"{gateway}/providers", token, {
        "name": "up", "provider_type": "openai_compat", "api_base": model, "default_model": "m-8-0",
    })["id"]
    names = ["m-8-0", "m-64-20", "m-1-0"]
    prices = [{"model": name, "input": "0.1", "output": "0.2", "source": "bench", "as_of": "2026-11-30"} for name in names]
    ask("PUT", f"{gateway}/providers/{provider}/prices", token, {"prices": prices})
    ask("POST", f"{gateway}/agents", token, {"agent_key": "plain", "provider": "up", "owner_id": "bench", "tools_config": {"profile": "none"}})
    # Two budgets bind each call: the tenant's and the key's.
    key = ask("POST", f"{gateway}/api-keys", token, {
        "name": "bench", "scopes": ["operator.admin"], "budget_monthly_cents": 100_000_000,
    })["key"]
    service, buyer = market(bench, settings, souk_port, f"{model}/chat/completions")

    def script(name, model, key=None):
        body = json.dumps({"model": model, "messages": MESSAGES, "max_tokens": 64})
        text = f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = {json.dumps(body)}\n'
        return bench.script(name, text + (f'wrk.headers["Authorization"] = "Bearer {key}"\n' if key else ""))

    plain = script("plain.lua", "m-8-0")
    contenders = [
        ("bare forward", f"http://127.0.0.1:{bare_port}/forward", plain, [bare.pid]),
        ("Souk relay", f"{gateway}/chat/completions", script("relay.lua", "provider:up/m-8-0", key), [souk.pid]),
        ("Souk agent", f"{gateway}/chat/completions", script("agent.lua", "goclaw:plain", key), [souk.pid]),
        ("Souk paid call of the market", service, script("paid.lua", "m-8-0", buyer), [souk.pid]),
    ]
    print("\n## The gateway\n\nA model that answers at once; auth, two budgets, traces and the log on.")
    print(f"A durable commit takes {median_commit_milliseconds(bench.folder, 1):.2f} ms with one row, {median_commit_milliseconds(bench.folder, 16):.2f} ms with one in each of 16 tables.")
    for connections in (1, 32):
        compare("A chat completion of the same model", connections, contenders)
    lite = start_litellm(bench, lite_port, model)
    if lite:
        compare("The same through LiteLLM's proxy, one process and no database", 8, [
            contenders[1], ("LiteLLM", f"http://127.0.0.1:{lite_port}/v1/chat/completions", script("lite.lua", "m-8-0", "sk-bench"), []),
        ])
    print("\n### Streams\n\n| streams | through | first word p50 ms | p99 ms | added p99 ms | words lost |\n| --- | --- | --- | --- | --- | --- |")
    peak = 0
    for count, name in ((1, "m-1-0"), (64, "m-1-0"), (512, "m-64-20")):
        direct = asyncio.run(streams("127.0.0.1", model_port, "/v1/chat/completions", name, None, count))
        through = asyncio.run(streams("127.0.0.1", souk_port, "/gateway/v1/chat/completions", f"provider:up/{name}", key, count))
        peak = max(peak, memory_mib([souk.pid]))
        for label, one in (("the model", direct), ("Souk", through)):
            added = f"{through['p99'] - direct['p99']:.2f}" if one is through else ""
            print(f"| {count} | {label} | {one['p50']:.2f} | {one['p99']:.2f} | {added} | {one['lost']} |", flush=True)
    print(f"\nMemory of Souk (PSS): {idle:.0f} MiB idle, {peak:.0f} MiB at most with the streams.")
    verified = subprocess.run([SOUK, "verify"], env={**os.environ, **settings}, capture_output=True, text=True)
    print(verified.stdout.strip())
    sys.exit(verified.returncode)


def median_commit_milliseconds(folder, tables):
    """What the disk and SQLite take by themselves. A relay writes to about 16 tables and indices in each of its two commits."""
    connection = sqlite3.connect(os.path.join(folder, f"commit-{tables}.db"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for number in range(tables):
        connection.execute(f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    times = []
    for _ in range(500):
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for number in range(tables):
            connection.execute(f"INSERT INTO t{number} (text) VALUES (?)", ("x" * 100,))
        connection.execute("COMMIT")
        times.append((time.perf_counter() - start) * 1000)
    connection.close()
    return statistics.median(times)


def market(bench, settings, port, upstream):
    keys = {role: make_key(SOUK, settings, role, owner) for role, owner in OWNERS}
    base = f"http://127.0.0.1:{port}/market/api/v1"
    service = ask("POST", f"{base}/services", keys["provider"], {
        "name": "Model", "endpoint": upstream.rsplit("/", 1)[0], "price_per_call": "0.000001",
    })["id"]
    ask("POST", f"{base}/admin/credits", keys["admin"], {"buyer_id": "bench", "amount": "1000", "reason": "bench"})
    return f"{base}/proxy/{service}/completions", keys["buyer"]


def start_litellm(bench, port, model):
    if not os.path.exists(LITELLM):
        print(f"\n(LiteLLM's proxy is not there: {LITELLM})")
        return None
    path = os.path.join(bench.folder, "litellm.yaml")
    with open(path, "w") as file:
        json.dump({
            "model_list": [{"model_name": "m-8-0", "litellm_params": {"model": "openai/m-8-0", "api_base": model, "api_key": "x"}}],
            "general_settings": {"master_key": "sk-bench"}, "litellm_settings": {"telemetry": False},
        }, file)
    process = bench.start([LITELLM, "--config", path, "--port", str(port), "--host", "127.0.0.1", "--num_workers", "1"])
    for _ in range(120):
        try:
            ask("GET", f"http://127.0.0.1:{port}/health/liveliness")
            return process
        except OSError:
            time.sleep(0.5)
    print("\n(LiteLLM's proxy did not start)")
    return None


async def streams(host, port, path, model, key, count, rounds=None):
    """So many streams at once, several times for few: when the first word came, and how many words are missing."""
    words = int(model.split("m-")[1].split("-")[0])
    rounds = rounds or max(1, 400 // count)
    body = json.dumps({"model": model, "stream": True, "messages": MESSAGES, "max_tokens": 128}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    if key:
        head += f"Authorization: Bearer {key}\r\n"
    request = head.encode() + b"\r\n" + body
    firsts, lost = [], 0

    async def one(reader, writer):
        nonlocal lost
        start = time.perf_counter()
        writer.write(request)
        first, seen = None, 0
        while True:
            line = await reader.readline()
            if not line or line.startswith(b"data: [DONE]"):
                break
            if b'"content":"w' in line:
                first = first or time.perf_counter()
                assert f'"w{seen} "'.encode() in line, line
                seen += 1
        # The end of the chunked body.
        while line and line != b"0\r\n":
            line = await reader.readline()
        await reader.readline()
        firsts.append((first - start) * 1000)
        lost += words - seen

    opened = [await asyncio.open_connection(host, port) for _ in range(count)]
    await asyncio.gather(*(one(*pair) for pair in opened))
    firsts.clear()
    for _ in range(rounds):
        await asyncio.gather(*(one(*pair) for pair in opened))
    for _, writer in opened:
        writer.close()
    ordered = sorted(firsts)
    return {"p50": statistics.median(ordered), "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], "lost": lost}


if __name__ == "__main__":
    main()
