"""What crashes, fills up or hangs outside of a request: receivers that kill, logs that nobody reads, full disks."""

import json
import os
import socket
import subprocess
import threading
import time

import httpx
import pytest

from conftest import SOUK, Souk


def wait_until(condition, seconds=20):
    for _ in range(int(seconds * 20)):
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


class Receiver:
    """Takes webhooks; `then` says what happens before each is answered."""

    def __init__(self, then):
        self.bodies = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}/hook"
        self.then = then
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.server.accept()
            threading.Thread(target=self.take, args=(connection,), daemon=True).start()

    def take(self, connection):
        with connection:
            while data := connection.recv(65536):
                head, _, body = data.partition(b"\r\n\r\n")
                self.bodies.append(json.loads(body or b"{}"))
                connection.sendall(self.then(self.bodies[-1]))


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_a_delivery_that_kills_the_server_is_not_the_first_to_be_tried_again(tmp_path):
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="info").start()
    killed = []

    def then(body):
        if "killer" in json.dumps(body) and len(killed) < 2:
            killed.append(time.time())
            souk.process.kill()
        return OK

    receiver = Receiver(then)
    buyer, provider = souk.key("buyer", "buyer"), souk.key("provider", "provider")
    with souk.client(provider) as client:
        hook = client.post("/webhooks", json={"url": receiver.url, "secret": "a shared secret", "events": ["service.called"]})
        assert hook.status_code == 201, hook.text
        hook = hook.json()["id"]
        services = {
            name: client.post("/services", json={"name": name, "endpoint": receiver.url, "price_per_call": "0"}).json()["id"]
            for name in ["killer", "harmless"]
        }
    killer = services["killer"]
    receiver.then = lambda body: then({"killer": 1} if body.get("service_id", body.get("data", {}).get("service_id")) == killer else {})

    with souk.client(buyer) as client:
        client.get(f"/proxy/{killer}/")
    wait_until(lambda: souk.process.poll() is not None)
    souk.start()
    log = open(souk.log).read()
    assert "an earlier run of the server crashed" in log and "webhook delivery msg_" in log, log
    with souk.client(buyer) as client:
        client.get(f"/proxy/{services['harmless']}/")

    def attempts():
        with souk.client(provider) as client:
            return client.get(f"/webhooks/{hook}/deliveries").json()

    # The other one arrives although the first is still to come, which then kills once more and is given its last tries.
    try:
        wait_until(lambda: any(services["harmless"] in json.dumps(body) for body in receiver.bodies))
        wait_until(lambda: souk.process.poll() is not None)
        souk.start()
    except httpx.TransportError:
        souk.start()
    wait_until(lambda: all(one["state" if "state" in one else "status"] == "delivered" for one in attempts()["deliveries"]))
    assert len(killed) == 2
    assert souk.stop() == 0


def test_an_answer_below_200_ends_nothing(tmp_path):
    souk = Souk(tmp_path).start()
    receiver = Receiver(lambda _: b"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n")
    buyer, provider = souk.key("buyer", "buyer"), souk.key("provider", "provider")
    with souk.client(provider) as client:
        service = client.post("/services", json={"name": "odd", "endpoint": receiver.url, "price_per_call": "0"}).json()["id"]
    with souk.client(buyer) as client:
        assert [client.get(f"/proxy/{service}/").status_code for _ in range(3)] == [502] * 3
    assert souk.stop() == 0


def test_a_log_that_nobody_reads_ends_nothing(tmp_path):
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="trace")
    reading, writing = os.pipe()
    souk.process = subprocess.Popen([SOUK, "serve"], env=souk.environment, stdout=writing, stderr=writing)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    wait_until(lambda: souk.process.poll() is None and ping(souk))
    for _ in range(20):
        httpx.get(f"{souk.url}/market/api/v1/nothing")
    assert ping(souk)
    assert souk.stop() == 0


def test_a_command_whose_output_nobody_reads_ends_quietly(tmp_path):
    souk = Souk(tmp_path)
    done = subprocess.run(f"{SOUK} routes | head -1", shell=True, env=souk.environment, capture_output=True, text=True)
    assert done.stdout.count("\t") == 2 and done.stderr == ""


def test_a_log_on_a_full_disk_ends_nothing(tmp_path):
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="trace")
    with open("/dev/full", "wb") as full:
        souk.process = subprocess.Popen([SOUK, "serve"], env=souk.environment, stdout=full, stderr=full)
    wait_until(lambda: ping(souk))
    for _ in range(20):
        assert httpx.get(f"{souk.url}/market/api/v1/nothing").status_code == 404
    assert souk.stop() == 0


def ping(souk):
    try:
        return httpx.get(f"{souk.url}/health").status_code == 200
    except httpx.TransportError:
        return False


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


@pytest.mark.skipif(os.getuid() != 0, reason="only root mounts a small disk")
def test_a_full_disk_is_told_with_503_and_survived(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        souk = Souk(disk).start()
        admin = souk.key("admin", "ops")
        with souk.client(admin) as client:
            client.post("/admin/credits", json={"buyer_id": "ops", "amount": "5.00", "reason": "before"})
            fill(disk / "filler")
            statuses = [client.post("/keys", json={"owner_id": f"o{number}"}).status_code for number in range(400)]
            refused = client.post("/keys", json={"owner_id": "one-more"})
            assert set(statuses) <= {201, 503} and refused.status_code == 503, set(statuses)
            assert refused.headers["retry-after"] == "30"
            assert httpx.get(f"{souk.url}/ready").status_code == 503
            before = os.path.getsize(souk.log)
            for number in range(50):
                client.post("/keys", json={"owner_id": f"p{number}"})
            assert os.path.getsize(souk.log) - before < 4096
            (disk / "filler").unlink()
            wait_until(lambda: httpx.get(f"{souk.url}/ready").status_code == 200)
            assert client.post("/keys", json={"owner_id": "after"}).status_code == 201
        assert souk.stop() == 0
        assert souk.command("verify").returncode == 0
    finally:
        subprocess.run(["umount", str(disk)])

