"""Counts the instructions that a request takes, with valgrind's callgrind: the same in every run, whatever else the machine does.

`instructions.py BINARY…` compares builds of Souk; without one, it measures the release build. It also counts what bare Hummingbird and a bare
forward take. Kernel time is not counted.
"""

import glob
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

import run

REQUESTS = 320
CONNECTIONS = 8
BODY = json.dumps({"text": "A text to summarise. " * 10})


def stripped(binary, folder):
    """valgrind cannot read the debugging information of a static Swift binary."""
    path = os.path.join(folder, os.path.basename(binary))
    subprocess.run(["strip", "-g", "-o", path, binary], check=True)
    return path


def wait_long_for(port):
    for _ in range(12):
        try:
            return run.wait_for(port)
        except SystemExit:
            pass
    sys.exit(f"nothing listens on {port}")


def ask(port, count, method, path, key):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    for _ in range(count):
        connection.request(method, path, BODY if method == "POST" else None, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status


def ask_together(port, count, *request):
    threads = [
        threading.Thread(target=ask, args=(port, count // CONNECTIONS, *request)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def control(pid, *options):
    subprocess.run(["callgrind_control", *options, str(pid)], capture_output=True, check=True)


def measure(bench, name, command, port, requests, **environment):
    """A row for each request: instructions in all, and of the busiest thread."""
    out = os.path.join(bench.folder, f"{name}.out")
    process = bench.start(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--separate-threads=yes",
         f"--callgrind-out-file={out}", *command],
        **environment,
    )
    wait_long_for(port)
    for what, method, path, key in requests(port):
        ask_together(port, CONNECTIONS * 10, method, path, key)
        time.sleep(2)
        control(process.pid, "-i", "on")
        control(process.pid, "-z")
        ask_together(port, REQUESTS, method, path, key)
        # Work that is done a moment later, such as adding figures up.
        time.sleep(2)
        control(process.pid, "-d", "measured")
        control(process.pid, "-i", "off")
        totals = []
        for file in glob.glob(f"{out}*"):
            text = open(file).read()
            if "measured" in text[:2000]:
                totals.append(int(re.search(r"^(?:totals|summary): (\d+)", text, re.M).group(1)))
            os.remove(file)
        print(f"| {name}: {what} | {sum(totals) // REQUESTS:,} | {max(totals) // REQUESTS:,} |", flush=True)
    process.terminate()
    process.wait()
    bench.processes.remove(process)


def souk_requests(binary, settings, provider_port):
    def requests(port):
        keys = {role: run.make_key(binary, settings, role, owner) for role, owner in run.OWNERS}
        market = f"http://127.0.0.1:{port}/market"
        service = run.ask("POST", f"{market}/api/v1/services", keys["provider"], {
            "name": "Summary", "endpoint": f"http://127.0.0.1:{provider_port}/v1", "price_per_call": "0.000001",
        })["id"]
        run.ask("POST", f"{market}/api/v1/admin/credits", keys["admin"], {
            "buyer_id": "bench", "amount": "1000", "reason": "bench",
        })
        return [
            ("GET /health", "GET", "/health", None),
            ("GET services/{id}, with a key", "GET", f"/market/api/v1/services/{service}", keys["buyer"]),
            ("paid call", "POST", f"/market/api/v1/proxy/{service}/", keys["buyer"]),
        ]

    return requests


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        bench = run.Bench(folder)
        try:
            provider, proxy = run.free_port(), run.free_port()
            bench.start([run.NGINX, "-c", run.nginx_configuration(folder, provider, proxy), "-p", folder])
            run.wait_for(provider)
            print(f"### Instructions a request, {CONNECTIONS} connections\n\n| | in all | busiest thread |\n| --- | --- | --- |")
            port = run.free_port()
            bare = [stripped(run.BARE, folder), str(port), f"http://127.0.0.1:{provider}/"]
            measure(bench, "bare", bare, port, lambda _: [("GET", "GET", "/", None), ("forward", "POST", "/forward", None)])
            for number, binary in enumerate(sys.argv[1:] or [run.SOUK]):
                port = run.free_port()
                path = stripped(binary, folder)
                settings = {
                    "SOUK_DATA_DIR": os.path.join(folder, f"data{number}"),
                    "SOUK_PORT": str(port),
                    "SOUK_OUTBOUND_ALLOW": "127.0.0.1",
                    "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0",
                }
                measure(bench, os.path.basename(binary), [path, "serve"], port, souk_requests(path, settings, provider), **settings)
        finally:
            bench.stop()


if __name__ == "__main__":
    main()
