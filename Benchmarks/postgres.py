"""Measures paid calls on PostgreSQL with one node and with two, beside the embedded engine, in one run. `scripts/postgres` says where it is.

The processor time is that of Souk's nodes and of PostgreSQL, apart. PostgreSQL runs without `fsync` here, as in the tests.
"""

import json
import os
import re
import statistics
import subprocess
import tempfile
import threading

import run

BODY = json.dumps({"text": "A text to summarise. " * 10})
POST = f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = {json.dumps(BODY)}\n'
BUYERS = (("seller0", "buyer0"), ("seller1", "buyer1"))


def postgres_seconds():
    pids = subprocess.run(["pgrep", "postgres"], capture_output=True, text=True).stdout.split()
    total = 0
    for pid in pids:
        try:
            total += run.cpu_seconds([pid])
        except OSError:
            pass
    return total


class House:
    """Nodes on one database, with two buyers and a service of its own for each."""

    def __init__(self, bench, name, provider, count, **settings):
        self.bench, self.processes, self.ports = bench, [], []
        for number in range(count):
            port = run.free_port()
            environment = {
                "SOUK_DATA_DIR": os.path.join(bench.folder, name), "SOUK_PORT": str(port),
                "SOUK_OUTBOUND_ALLOW": "127.0.0.1", "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0", **settings,
            }
            self.processes.append(bench.start([run.SOUK, "serve"], **environment))
            self.ports.append(port)
            run.wait_for(port)
        market = f"http://127.0.0.1:{self.ports[0]}/market/api/v1"
        admin = run.make_key(run.SOUK, environment, "admin", "ops")
        self.targets = []
        for seller, buyer in BUYERS:
            key = run.make_key(run.SOUK, environment, "provider", seller)
            service = run.ask("POST", f"{market}/services", key, {
                "name": "Summary", "endpoint": f"http://127.0.0.1:{provider}/v1", "price_per_call": "0.000001",
            })["id"]
            key = run.make_key(run.SOUK, environment, "buyer", buyer)
            run.ask("POST", f"{market}/admin/credits", admin, {"buyer_id": buyer, "amount": "1000", "reason": "bench"})
            script = bench.script(f"{name}-{buyer}.lua", POST + f'wrk.headers["Authorization"] = "Bearer {key}"\n')
            self.targets.append((service, script))

    def load(self, connections, *who):
        """One run of wrk for each node and buyer named, at once."""
        results = [None] * len(who)

        def one(index, node, buyer):
            service, script = self.targets[buyer]
            url = f"http://127.0.0.1:{self.ports[node]}/market/api/v1/proxy/{service}/"
            results[index] = run.load(url, connections, script)

        pids = [process.pid for process in self.processes]
        before, postgres = run.cpu_seconds(pids), postgres_seconds()
        threads = [threading.Thread(target=one, args=(index, *pair)) for index, pair in enumerate(who)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = sum(result["rate"] for result in results)
        calls = rate * run.SECONDS
        return {
            "rate": rate, "p50": max(result["p50"] for result in results), "p99": max(result["p99"] for result in results),
            "souk": (run.cpu_seconds(pids) - before) * 1e6 / calls, "postgres": (postgres_seconds() - postgres) * 1e6 / calls,
            "bad": sum(result["bad"] for result in results),
        }


def main():
    url = os.environ["POSTGRES_URL"]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        bench = run.Bench(folder)
        try:
            provider, proxy = run.free_port(), run.free_port()
            bench.start([run.NGINX, "-c", run.nginx_configuration(folder, provider, proxy), "-p", folder])
            run.wait_for(provider)
            name = f"bench_{os.getpid()}"
            subprocess.run(["psql", url, "-qc", f"CREATE DATABASE {name}"], check=True)
            database = re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", url)
            embedded = House(bench, "embedded", provider, 1)
            shared = House(bench, "shared", provider, 2, SOUK_DATABASE=database)
            compare([
                ("embedded, 32 connections", lambda: embedded.load(32, (0, 0))),
                ("PostgreSQL, one node, 32", lambda: shared.load(32, (0, 0))),
                ("PostgreSQL, two nodes, 16 each, one buyer", lambda: shared.load(16, (0, 0), (1, 0))),
                ("PostgreSQL, two nodes, 16 each, a buyer each", lambda: shared.load(16, (0, 0), (1, 1))),
                ("PostgreSQL, one node, 1 connection", lambda: shared.load(1, (0, 0))),
            ])
        finally:
            bench.stop()


def compare(contenders):
    runs = {name: [] for name, _ in contenders}
    for _ in range(run.ROUNDS):
        for name, load in contenders:
            runs[name].append(load())
    print("\n### A paid call on PostgreSQL\n")
    print("| | requests/s | p50 ms | p99 ms | CPU µs/request: Souk | PostgreSQL | refused | rate, ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    first = runs[contenders[0][0]]
    for name, results in runs.items():
        middle = {key: statistics.median(result[key] for result in results) for key in results[0]}
        ratios = [{"rate": result["rate"] / base["rate"]} for result, base in zip(results, first)]
        print(
            f"| {name} | {middle['rate']:,.0f} | {middle['p50']:.2f} | {middle['p99']:.2f} | {middle['souk']:.0f} "
            f"| {middle['postgres']:.0f} | {sum(result['bad'] for result in results)} | {run.spread(ratios, 'rate')} |"
        )


if __name__ == "__main__":
    main()
