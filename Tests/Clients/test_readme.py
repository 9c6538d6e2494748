"""The README's tour, run as it stands: only the address and the data directory are the test's own."""

import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile

import pytest

from conftest import ROOT, SOUK, Souk


@pytest.fixture
def running(tmp_path):
    # Rates of exchange as `make run` sets them.
    rates = "2026-11-20 CNY=0.1405 EUR=1.09 GBP=1.27 JPY=0.0065 VND=0.0000385"
    origins = "http://127.0.0.1:8082"
    souk = Souk(
        tmp_path, SOUK_LIMITS_ADDRESS_PER_MINUTE="60", SOUK_COMMERCE_FX=rates, SOUK_GATEWAY_PROVIDER_ORIGINS=origins
    )
    souk.command("seed")
    souk.start()
    yield souk
    souk.stop()


@pytest.fixture
def provider():
    """On the port that the demo data names, so one test at a time has it, whichever process runs it."""
    with open(os.path.join(tempfile.gettempdir(), "souk-demo-provider.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen([SOUK, "demo-provider", "--port", "8081"])
        yield process
        process.terminate()
        process.wait()


def test_the_tour_runs(running, provider, tmp_path):
    text = open(os.path.join(ROOT, "README.md")).read()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    assert len(blocks) >= 5
    script = "set -euo pipefail\n" + "\necho; echo ---\n".join(blocks)
    script = script.replace("http://localhost:8080", running.url).replace("data/demo-keys.json", str(tmp_path / "demo-keys.json"))
    output = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert output.returncode == 0, output.stdout + output.stderr
    assert "X-ACF-Amount: 0.05" in output.stdout
    assert '"balance":"9.95"' in output.stdout
    assert "Payment required" in output.stdout
    assert '"name":"My Keywords"' in output.stdout
    assert output.stdout.count('"conversion_id":1,') == 2
    assert '"attribution":"attributed"' in output.stdout
    assert '"detail"' not in output.stdout.replace('{"detail":"Payment required', "")
    assert ": tool write_file" in output.stdout and "The service answers: status: 200" in output.stdout


def test_the_networks_page_runs(running, tmp_path):
    text = open(os.path.join(ROOT, "docs/affiliate.md")).read()
    script = "set -euo pipefail\n" + "\necho; echo ---\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    script = script.replace("http://localhost:8080", running.url).replace("data/demo-keys.json", str(tmp_path / "demo-keys.json"))
    output = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert output.returncode == 0, output.stdout + output.stderr
    assert output.stdout.count('"success":true') == 4, output.stdout


def test_the_page_of_commerce_runs(running, tmp_path):
    text = open(os.path.join(ROOT, "docs/commerce.md")).read()
    script = "set -euo pipefail\n" + "\necho; echo ---\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    script = script.replace("http://localhost:8080", running.url).replace("data/demo-keys.json", str(tmp_path / "demo-keys.json"))
    output = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert output.returncode == 0, output.stdout + output.stderr
    assert "Lumo Glide wireless mouse" in output.stdout
    assert "3,price," in output.stdout and "Sencha green tea 200 g" in output.stdout
    assert '"attribution":"attributed"' in output.stdout and "True" in output.stdout and "10.00" in output.stdout
    assert "wireless mouse under $30" in output.stdout


def test_the_page_of_the_gateway_runs(running, provider, tmp_path):
    text = open(os.path.join(ROOT, "docs/gateway.md")).read()
    script = "set -euo pipefail\n" + "\necho; echo ---\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    script = script.replace("http://localhost:8080", running.url).replace("data/demo-keys.json", str(tmp_path / "demo-keys.json"))
    output = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert output.returncode == 0, output.stdout + output.stderr
    assert '"ok":true' in output.stdout and "The note is kept. It says: Take a note: the tea needs four minutes." in output.stdout
    assert "execute_tool read_file 0" in output.stdout and '"available":4.9' in output.stdout
    key = next(iter(re.findall(r'"key":\s*"(goclaw_[0-9a-f]{32})"', output.stdout)), None)
    assert key is None, "a key was printed"


def test_the_gateways_program_runs(running, provider, tmp_path):
    text = open(os.path.join(ROOT, "docs/gateway.md")).read()
    program = re.search(r"```python\n(.*?)```", text, re.S).group(1)
    key = json.load(open(tmp_path / "demo-keys.json"))["gateway"]["key"]
    program = program.replace("http://localhost:8080", running.url).replace("goclaw_…", key)
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert output.returncode == 0 and "Hello" in output.stdout, output.stdout + output.stderr


def test_the_forums_page_runs(running, tmp_path):
    text = open(os.path.join(ROOT, "docs/forum.md")).read()
    script = "set -euo pipefail\n" + "\necho; echo ---\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    script = script.replace("http://localhost:8080", running.url).replace("data/demo-keys.json", str(tmp_path / "demo-keys.json"))
    output = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert output.returncode == 0, output.stdout + output.stderr
    assert "/en/forum/threads/hokkaido/when-does-niseko-open#post-1" in output.stdout and "travel.example" in output.stdout
