"""Measures Souk beside bare Hummingbird and nginx, all on this machine in one run, and prints a table in Markdown.

Every server stays up for the whole run; each load goes to them in turn, and the median counts. Other work on the machine moves rates more than
processor time, so both are told as ratios, with their spread over the rounds.
"""

import glob
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOUK = os.path.join(ROOT, ".build/release/souk")
BARE = os.path.join(ROOT, "Benchmarks/.build/release/bare")
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens on {port}")


def ask(method, url, key=None, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method)
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory_mib(pids):
    total = 0
    for pid in pids:
        for line in open(f"/proc/{pid}/smaps_rollup"):
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def written_kib(pids):
    """What the processes have had written to the disk: the database and its log."""
    total = 0
    for pid in pids:
        try:
            lines = open(f"/proc/{pid}/io").read()
        except PermissionError:
            return 0
        total += int(re.search(r"^write_bytes: (\d+)", lines, re.M).group(1))
    return total / 1024


def switches(pids):
    """How often the processes' threads have waited for something: each time, somebody has to wake them."""
    total = 0
    for pid in pids:
        for status in glob.glob(f"/proc/{pid}/task/*/status"):
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", open(status).read(), re.M).group(1))
    return total


def milliseconds(text):
    value, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def load(url, connections, script=None, pids=()):
    """One run of wrk: requests a second, p50 and p99 in ms, CPU in µs a request, answers that were not 2xx."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency"]
    if script:
        command += ["-s", script]
    before, written, waits = cpu_seconds(pids), written_kib(pids), switches(pids)
    output = subprocess.run(command + [url], capture_output=True, text=True).stdout
    used, written, waits = cpu_seconds(pids) - before, written_kib(pids) - written, switches(pids) - waits
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    total = int(re.search(r"(\d+) requests in", output).group(1))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    errors = re.search(r"Socket errors: .*", output)
    return {
        "rate": rate,
        "p50": milliseconds(re.search(r"^\s+50%\s+(\S+)", output, re.M).group(1)),
        "p99": milliseconds(re.search(r"^\s+99%\s+(\S+)", output, re.M).group(1)),
        "cpu": used * 1e6 / max(1, total),
        "kib": written / max(1, total),
        "waits": waits / max(1, total),
        "bad": int(bad.group(1)) if bad else 0,
        "errors": errors.group(0) if errors else "",
    }


def median(runs):
    middle = {name: statistics.median(run[name] for run in runs) for name in ("rate", "p50", "p99", "cpu", "kib", "waits")}
    middle["bad"] = sum(run["bad"] for run in runs)
    return middle


class Bench:
    def __init__(self, folder):
        self.folder = folder
        self.processes = []

    def start(self, command, **environment):
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=open(os.path.join(self.folder, "out"), "a"),
            stderr=subprocess.STDOUT,
        )
        self.processes.append(process)
        return process

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait()

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        open(path, "w").write(text)
        return path


def nginx_configuration(folder, static_port, proxy_port):
    path = os.path.join(folder, "nginx.conf")
    open(path, "w").write(f"""
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  upstream provider {{ server 127.0.0.1:{static_port}; keepalive 64; keepalive_requests 1000000; }}
  server {{ listen 127.0.0.1:{static_port} backlog=1024;
    location / {{ default_type application/json; return 200 '{{"summary":"a short answer of a provider"}}'; }} }}
  server {{ listen 127.0.0.1:{proxy_port} backlog=1024;
    location / {{ proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
}}
""")
    return path


def children(pid):
    output = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid] + [int(child) for child in output]


def row(name, result, first=None):
    """`first` has the medians and the ratios to the first contender, round by round."""
    rate, cpu = ("", "")
    if first:
        rate, cpu = (spread(first, name) for name in ("rate", "cpu"))
    bad = f" ({result['bad']} not 2xx)" if result["bad"] else ""
    return (
        f"| {name}{bad} | {result['rate']:,.0f} | {result['p50']:.2f} | {result['p99']:.2f} "
        f"| {result['cpu']:.0f} | {result['kib']:.1f} | {result['waits']:.2f} | {rate} | {cpu} |"
    )


def spread(ratios, name):
    values = sorted(ratio[name] for ratio in ratios)
    return f"{statistics.median(values):.2f} ({values[0]:.2f}–{values[-1]:.2f})"


def compare(title, connections, contenders):
    """Loads every contender in turn, ROUNDS times; prints a table with ratios to the first, of the rate and of the processor time."""
    runs = {name: [] for name, *_ in contenders}
    for _ in range(ROUNDS):
        for name, url, script, pids in contenders:
            runs[name].append(load(url, connections, script, pids))
    results = {name: median(values) for name, values in runs.items()}
    first = runs[contenders[0][0]]
    print(f"\n### {title}, {connections} connection{'' if connections == 1 else 's'}\n")
    print("| | requests/s | p50 ms | p99 ms | CPU µs/request | KiB written | waits | rate, ratio | CPU, ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for index, (name, *_) in enumerate(contenders):
        ratios = [
            {"rate": run["rate"] / base["rate"], "cpu": run["cpu"] / max(base["cpu"], 0.01)}
            for run, base in zip(runs[name], first)
        ]
        print(row(name, results[name], ratios if index else None), flush=True)
    return results


OWNERS = (("admin", "ops"), ("provider", "seller"), ("buyer", "bench"))


def make_key(souk, settings, role, owner):
    """A key of the market without a limit of requests."""
    command = [souk, "keys", "create", "--surface", "market", "--role", role, "--owner", owner, "--rate-limit", "0"]
    output = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
    return json.loads(output.stdout)["authorization"]


def rotating(keys):
    """A script of wrk whose requests come from several buyers in turn: one buyer may not have all connections to a host."""
    headers = ", ".join(f'"Bearer {key}"' for key in keys)
    return f"""
local keys = {{ {headers} }}
local turn = 0
request = function()
  turn = turn % #keys + 1
  wrk.headers["Authorization"] = keys[turn]
  return wrk.format()
end
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        try:
            run(bench)
        finally:
            bench.stop()


def run(bench):
    static_port, proxy_port, bare_port, souk_port = (free_port() for _ in range(4))
    os.chmod(bench.folder, 0o755)
    nginx = bench.start([NGINX, "-c", nginx_configuration(bench.folder, static_port, proxy_port), "-p", bench.folder])
    bare = bench.start([BARE, str(bare_port), f"http://127.0.0.1:{static_port}/"])
    settings = {
        "SOUK_DATA_DIR": os.path.join(bench.folder, "data"),
        "SOUK_PORT": str(souk_port),
        "SOUK_OUTBOUND_ALLOW": "127.0.0.1",
        "SOUK_LIMITS_ADDRESS_PER_MINUTE": "0",
    }
    souk = bench.start([SOUK, "serve"], **settings)
    for port in (static_port, proxy_port, bare_port, souk_port):
        wait_for(port)
    keys = {role: make_key(SOUK, settings, role, owner) for role, owner in OWNERS}
    market = f"http://127.0.0.1:{souk_port}/market"
    idle = memory_mib([souk.pid])
    service = ask("POST", f"{market}/api/v1/services", keys["provider"], {
        "name": "Summary", "endpoint": f"http://127.0.0.1:{static_port}/v1", "price_per_call": "0.000001",
    })["id"]
    ask("POST", f"{market}/api/v1/admin/credits", keys["admin"], {"buyer_id": "bench", "amount": "1000", "reason": "bench"})

    buyers = [keys["buyer"]]
    for number in range(7):
        buyers.append(make_key(SOUK, settings, "buyer", f"bench{number}"))
        ask("POST", f"{market}/api/v1/admin/credits", keys["admin"], {"buyer_id": f"bench{number}", "amount": "1000", "reason": "bench"})
    body = json.dumps({"text": "A text to summarise. " * 10})
    post = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = %s\n' % json.dumps(body)
    plain = bench.script("plain.lua", post)
    paid = bench.script("paid.lua", post + f'wrk.headers["Authorization"] = "Bearer {keys["buyer"]}"\n')
    many = bench.script("many.lua", post + rotating(buyers))
    keyed = bench.script("keyed.lua", f'wrk.headers["Authorization"] = "Bearer {keys["buyer"]}"\n')
    nginx_pids = children(nginx.pid)

    print(f"# Benchmarks\n\n{os.cpu_count()} cores; {SECONDS} s a run, median of {ROUNDS}; wrk on the same machine.")
    compare("Small answers", 32, [
        ("bare Hummingbird", f"http://127.0.0.1:{bare_port}/", None, [bare.pid]),
        ("nginx static", f"http://127.0.0.1:{static_port}/", None, nginx_pids),
        ("Souk GET /health", f"http://127.0.0.1:{souk_port}/health", None, [souk.pid]),
        ("Souk GET services/{id}, with a key", f"{market}/api/v1/services/{service}", keyed, [souk.pid]),
    ])
    call = f"{market}/api/v1/proxy/{service}/"
    contenders = [
        ("bare forward", f"http://127.0.0.1:{bare_port}/forward", plain, [bare.pid]),
        ("nginx proxy_pass", f"http://127.0.0.1:{proxy_port}/", plain, nginx_pids),
        ("Souk paid call", call, paid, [souk.pid]),
    ]
    compare("A call to the same provider", 32, contenders)
    compare("A call to the same provider", 1, contenders)
    compare("A call to the same provider, of eight buyers", 256, contenders[:2] + [("Souk paid call", call, many, [souk.pid])])
    print(f"\nMemory of Souk (PSS): {idle:.0f} MiB idle, {memory_mib([souk.pid]):.0f} MiB after the load.")
    if "--quick" not in sys.argv:
        discover(market, keys["provider"])
    print("\n### Durable writes\n\n```", flush=True)
    print(subprocess.run([SOUK, "doctor", "--speed"], env={**os.environ, **settings, "SOUK_DATA_DIR": bench.folder + "/speed"}, capture_output=True, text=True).stdout + "```")
    verified = subprocess.run([SOUK, "verify"], env={**os.environ, **settings}, capture_output=True, text=True)
    print("\n" + verified.stdout.strip())


WORDS = "image text sentiment weather finance map route crypto legal medical video speech search data price news".split()


def discover(market, key):
    """10,000 services, then searches for one word and for two."""
    from concurrent.futures import ThreadPoolExecutor

    def register(number):
        words = [WORDS[(number * step) % len(WORDS)] for step in (1, 3, 7)]
        ask("POST", f"{market}/api/v1/services", key, {
            "name": f"{words[0].title()} {words[1].title()} {number}", "description": f"Answers about {words[2]} number {number}",
            "endpoint": "http://127.0.0.1:9/", "price_per_call": "0.05", "category": words[0], "tags": words,
        })

    started = time.time()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(register, range(10_000)))
    print(f"\n10,000 services registered in {time.time() - started:.1f} s.")
    pids = []
    compare("Search over 10,000 services", 8, [
        ("discover?q=weather", f"{market}/api/v1/discover?q=weather&limit=20", None, pids),
        ("discover?q=weather+4321", f"{market}/api/v1/discover?q=weather%204321&limit=20", None, pids),
        ("discover?q=w", f"{market}/api/v1/discover?q=w&limit=20", None, pids),
    ])


if __name__ == "__main__":
    main()
