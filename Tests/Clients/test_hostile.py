"""What crashes, fills up or hangs outside of a request: receivers that kill, logs that nobody reads, full disks."""

import os
import socket
import subprocess
import threading
import time

import httpx
import pytest

from conftest import SOUK, Souk, wait_for


class RawHost:
    """Answers every request with the same bytes."""

    def __init__(self, answer):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}/"
        self.answer = answer
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(self.answer)


def test_a_delivery_that_kills_the_server_is_not_the_first_to_be_tried_again(tmp_path, host):
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="info").start()
    services, killed, received = {}, [], []

    def receive(request):
        if services["killer"] in request.body.decode() and len(killed) < 2:
            killed.append(time.time())
            souk.process.kill()
            return
        received.append(request.body.decode())
        request.reply(200, {})

    provider, receiver = host(), host(receive)
    keys = {role: souk.key(role, role) for role in ["buyer", "provider"]}
    with souk.client(keys["provider"]) as client:
        hook = {"url": receiver.url + "/hook", "secret": "a shared secret", "events": ["service.called"]}
        hook = client.post("/webhooks", json=hook).json()["id"]
        for name in ["killer", "harmless"]:
            service = {"name": name, "endpoint": provider.url, "price_per_call": "0"}
            services[name] = client.post("/services", json=service).json()["id"]

    def call(name):
        with souk.client(keys["buyer"]) as client:
            assert client.get(f"/proxy/{services[name]}/").status_code == 200

    def deliveries():
        with souk.client(keys["provider"]) as client:
            return client.get(f"/webhooks/{hook}/deliveries").json()["deliveries"]

    try:
        call("killer")
    except httpx.RemoteProtocolError:
        pass  # The delivery was faster than the answer, which the call's record does not need.
    wait_for(lambda: souk.process.poll() is not None)
    souk.start()
    log = open(souk.log).read()
    assert "an earlier run of the server crashed" in log and "webhook delivery msg_" in log, log
    # It waits for its next try as after a failure: the other one arrives before it kills once more.
    call("harmless")
    wait_for(lambda: any(services["harmless"] in body for body in received))
    assert len(killed) == 1
    wait_for(lambda: souk.process.poll() is not None)
    souk.start()
    wait_for(lambda: any(services["killer"] in body for body in received), 30)
    wait_for(lambda: {one["state"] for one in deliveries()} == {"delivered"})
    tries = max((one["attempts"] for one in deliveries()), key=len)
    assert [one.get("error") for one in tries] == ["the server stopped during the try"] * 2 + [None], tries
    assert souk.stop() == 0
    assert "crashed" not in open(souk.log).read().split("souk ready")[-1]


def test_an_answer_below_200_ends_nothing(tmp_path):
    souk = Souk(tmp_path).start()
    receiver = RawHost(b"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n")
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
    wait_for(lambda: souk.process.poll() is None and ping(souk))
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
    wait_for(lambda: ping(souk))
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
def test_a_full_disk_is_told_with_503_and_survived(tmp_path, host):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        souk = Souk(disk).start()
        admin = souk.key("admin", "ops")
        with souk.client(admin) as client:
            client.post("/admin/credits", json={"buyer_id": "ops", "amount": "5.00", "reason": "before"})
            provider = host()
            service = client.post("/services", json={"name": "x", "endpoint": provider.url, "price_per_call": "0.05"}).json()["id"]
            assert client.post(f"/proxy/{service}/x").status_code == 200
            fill(disk / "filler")
            statuses = [client.post("/keys", json={"owner_id": f"o{number}"}).status_code for number in range(400)]
            refused = client.post("/keys", json={"owner_id": "one-more"})
            assert set(statuses) <= {201, 503} and refused.status_code == 503, set(statuses)
            assert refused.headers["retry-after"] == "30"
            assert httpx.get(f"{souk.url}/ready").status_code == 503
            # No provider works for what cannot be charged, but for the one call that meets the full disk.
            assert {client.post(f"/proxy/{service}/x").status_code for _ in range(20)} == {503}
            assert len(provider.requests) <= 2
            before = os.path.getsize(souk.log)
            for number in range(50):
                client.post("/keys", json={"owner_id": f"p{number}"})
            assert os.path.getsize(souk.log) - before < 4096
            (disk / "filler").unlink()
            wait_for(lambda: httpx.get(f"{souk.url}/ready").status_code == 200)
            assert client.post("/keys", json={"owner_id": "after"}).status_code == 201
            wait_for(lambda: client.post(f"/proxy/{service}/x").status_code == 200)
        assert souk.stop() == 0
        assert souk.command("verify").returncode == 0
    finally:
        subprocess.run(["umount", str(disk)])

