"""What `/metrics` tells, by the conventions of Prometheus, and what is built on it: the dashboard, the alerts and the page of the documents."""

import json
import os
import re

import httpx
import yaml
from prometheus_client.parser import text_string_to_metric_families

from conftest import ROOT, Host, Souk, free_port, wait_for

KEY = "the-metrics-key-of-the-tests"


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(text, name, **labels):
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and all(sample.labels.get(key) == wanted for key, wanted in labels.items()):
                return sample.value
    return None


def read(souk):
    answer = httpx.get(f"{souk.url}/metrics", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


def test_metrics_tell_what_happens(tmp_path):
    souk = Souk(tmp_path, SOUK_METRICS_KEY=KEY).start()
    assert httpx.get(f"{souk.url}/metrics").status_code == 401
    assert httpx.get(f"{souk.url}/metrics", headers={"Authorization": f"Bearer {KEY}x"}).status_code == 401
    assert httpx.get(f"{souk.url}/metrics", headers={"Authorization": f"bearer {KEY}"}).status_code == 200
    host = Host(lambda request: request.reply(200, {}))
    dead = Host(lambda request: request.reply(500, {}))
    provider = souk.client(souk.key("provider", "measured"))
    service = provider.post("/services", json={"name": "Measured", "endpoint": host.url, "price_per_call": "0"}).json()["id"]
    provider.post("/webhooks", json={"url": f"{dead.url}/hook", "events": ["service.called"], "secret": "a secret of more than 24 bytes"})
    for _ in range(3):
        assert provider.post(f"/proxy/{service}/weather/today", json={}).status_code == 200
    assert provider.get("/services/none").status_code in (404, 422)
    httpx.get(f"{souk.url}/nowhere/at/all")
    text = wait_for(lambda: (lambda told: told if value(told, "souk_webhook_pending_deliveries", surface="market") else None)(read(souk)))
    # A route, and not what is in a path: addresses would make a series for each.
    assert "weather" not in text and "nowhere" not in text and service not in text
    assert value(text, "souk_http_requests_total", surface="market", method="POST", route="/market/api/v1/proxy/{service_id}/**", status="200") == 3
    assert value(text, "souk_http_requests_total", surface="souk", route="unknown", status="404") == 1
    assert value(text, "souk_http_request_duration_seconds_count", surface="market", route="/market/api/v1/proxy/{service_id}/**") == 3
    assert value(text, "souk_market_calls_total", outcome="answered") == 3
    assert value(text, "souk_database_commit_seconds_count") > 3 and value(text, "souk_database_writable") == 1
    assert value(text, "souk_webhook_oldest_pending_seconds", surface="market") >= 0
    assert value(text, "souk_nodes") == 1 and value(text, "souk_build_info") == 1
    assert value(text, "process_resident_memory_bytes") > 1_000_000 and value(text, "process_cpu_seconds_total") > 0
    # Five failures in a row, once what the command above has changed is known.
    host.server.RequestHandlerClass.do_POST = lambda request: request.reply(503, {})
    for _ in range(12):
        provider.post(f"/proxy/{service}/", json={})
    wait_for(lambda: value(read(souk), "souk_market_open_circuits") == 1)
    assert souk.stop() == 0


def test_metrics_are_closed_or_on_a_listener_of_their_own(tmp_path):
    closed = Souk(tmp_path / "closed").start()
    refused = httpx.get(f"{closed.url}/metrics")
    assert refused.status_code == 403 and "metrics_key" in refused.json()["detail"]
    assert closed.stop() == 0
    port = free_port()
    apart = Souk(tmp_path / "apart", SOUK_METRICS_LISTEN=f"127.0.0.1:{port}").start()
    assert httpx.get(f"{apart.url}/metrics").status_code == 404
    assert "souk_build_info" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert httpx.get(f"http://127.0.0.1:{port}/market/health").status_code == 404
    httpx.get(f"{apart.url}/nowhere")
    series = [line.rsplit(" ", 1)[0] for line in httpx.get(f"http://127.0.0.1:{port}/metrics").text.splitlines() if not line.startswith("#")]
    assert len(series) == len(set(series)), "no listener tells what another one tells, too"
    assert apart.stop() == 0
    weak = Souk(tmp_path / "weak", SOUK_METRICS_KEY="short").command("serve", check=False)
    assert weak.returncode == 1 and weak.stderr.startswith("souk: metrics_key is weak")


# The rules of `promtool check metrics`.
UNITS = ["seconds", "bytes", "ratio", "meters", "celsius", "grams", "volts", "amperes", "joules"]
ABBREVIATED = ["s", "ms", "us", "ns", "sec", "min", "b", "kb", "mb", "gb", "m", "h", "d"]


def test_names_follow_the_conventions(tmp_path):
    souk = Souk(tmp_path, SOUK_METRICS_KEY=KEY).start()
    httpx.get(f"{souk.url}/health")
    text = read(souk)
    assert souk.stop() == 0
    seen = set()
    for family in text_string_to_metric_families(text):
        name = family.name + ("_total" if family.type == "counter" else "")
        assert name not in seen, f"{name} stands twice"
        seen.add(name)
        assert re.fullmatch(r"(souk|process)_[a-z0-9_]+", name), name
        assert family.documentation.endswith("."), name
        if family.type != "counter":
            assert not name.endswith("_total"), name
        if family.type != "histogram":
            assert not name.endswith(("_bucket", "_sum", "_count")), name
        words = name.split("_")
        assert not {"counter", "gauge", "histogram", "summary", "info_info"} & set(words), name
        assert not set(words) & set(ABBREVIATED), name
        assert not any(unit in words[:-1] and words[-1] != "total" for unit in UNITS), name
        for sample in family.samples:
            assert all(re.fullmatch(r"[a-z_]+", label) for label in sample.labels), sample
    for sample_name in ("souk_http_requests_total", "souk_http_request_duration_seconds"):
        assert f"# HELP {sample_name} " in text and f"# TYPE {sample_name} " in text


def declared():
    """Each metric of the documents' table."""
    with open(os.path.join(ROOT, "docs/metrics.md")) as page:
        return set(re.findall(r"^\| `([a-z_]+)`", page.read(), re.MULTILINE))


def test_every_metric_is_documented_and_every_panel_and_alert_has_one(tmp_path):
    souk = Souk(tmp_path, SOUK_METRICS_KEY=KEY).start()
    httpx.get(f"{souk.url}/health")
    told = set(re.findall(r"^# TYPE (\S+)", read(souk), re.MULTILINE))
    assert souk.stop() == 0
    documented = declared()
    assert told <= documented, told - documented
    # Jobs are told of once there is one.
    assert documented - told <= {"souk_jobs"}, documented - told
    used = re.compile(r"\b((?:souk|process)_[a-z_]+)")
    with open(os.path.join(ROOT, "deploy/prometheus/souk.rules.yml")) as file:
        rules = yaml.safe_load(file)
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len(alerts) >= 8
    for rule in alerts:
        assert rule["annotations"]["summary"] and rule["annotations"]["description"], rule
    with open(os.path.join(ROOT, "deploy/grafana/souk.json")) as file:
        board = json.load(file)
    queries = [rule["expr"] for rule in alerts]
    queries += [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    names = {re.sub(r"_(bucket|sum|count)$", "", name) if re.sub(r"_(bucket|sum|count)$", "", name) in documented else name for query in queries for name in used.findall(query)}
    assert names <= documented, names - documented
    assert all(panel.get("title") for panel in board["panels"])
