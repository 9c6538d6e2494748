"""What the log says has happened."""

import json

from conftest import Host, Souk
from test_forum import wait_for


def lines(souk):
    with open(souk.log) as log:
        return [json.loads(line) for line in log if line.strip()]


def said(souk, message):
    return next((line for line in lines(souk) if message in line["message"]), None)


def test_the_log_says_what_happened(tmp_path):
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="info").start()
    fails = {"now": True}
    host = Host(lambda request: request.reply(500 if fails["now"] else 200, {}))
    gone = Host(lambda request: request.reply(410, {}))
    provider = souk.client(souk.key("provider", "logged"))
    service = provider.post("/services", json={"name": "Logged", "endpoint": host.url, "price_per_call": "0"}).json()["id"]
    webhook = provider.post("/webhooks", json={"url": f"{gone.url}/hook", "events": ["service.called"], "secret": "a secret of more than 24 bytes"}).json()
    assert "id" in webhook, webhook
    # What a command has written beside the server begins the count anew, once.
    statuses = [provider.post(f"/proxy/{service}/", json={}).status_code for _ in range(12)]
    assert set(statuses) == {500, 503}, statuses
    opened = wait_for(lambda: said(souk, "its circuit is open"))
    assert (opened["level"], opened["service"]) == ("warning", service)
    # A change of the service lets calls go again; a success after a failure that had not opened the circuit says nothing.
    assert provider.patch(f"/services/{service}", json={"description": "Mended"}).status_code == 200
    fails["now"] = False
    assert provider.post(f"/proxy/{service}/", json={}).status_code == 200
    disabled = wait_for(lambda: said(souk, "a webhook is disabled"))
    assert (disabled["webhook"], disabled["surface"]) == (webhook["id"], "market") and "410" in disabled["reason"]
    assert souk.stop() == 0
    told = [line["message"] for line in lines(souk)]
    assert told.index("database migrated") < told.index("souk ready") < told.index("souk is stopping") < told.index("souk stopped")
    assert not [line for line in lines(souk) if "CancellationError" in json.dumps(line)]
