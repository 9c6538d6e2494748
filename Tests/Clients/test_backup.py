"""`souk backup` and `souk restore`: made under load, brought back somewhere else, and served from there."""

import base64
import glob
import json
import os
import subprocess
import threading
import uuid

import pytest

from conftest import Host, Souk, needs_postgres, new_database, wait_for
from test_crash import usage

PASSPHRASE = "correct horse battery staple"
ENGINES = ["sqlite", pytest.param("postgres", marks=needs_postgres)]


@pytest.fixture
def databases(request):
    """Two empty ones, by the engine of the test; nil for files in the data directories."""
    if request.node.callspec.params["engine"] == "sqlite":
        return None, None
    return request.getfixturevalue("shared_database"), new_database()


def passphrase_file(folder, text=PASSPHRASE):
    path = os.path.join(str(folder), f"passphrase-{uuid.uuid4().hex}")
    with open(path, "w") as file:
        file.write(f"{text}\n")
    return path


class Buyers:
    """They call a paid service without a pause, and write down the calls that were acknowledged."""

    def __init__(self, souk, key, service, count=4):
        self.calls, self.running = [], True
        self.souk, self.key, self.service = souk, key, service
        self.threads = [threading.Thread(target=self.run) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self):
        with self.souk.client(self.key) as client:
            while self.running:
                answer = client.post(f"/proxy/{self.service}/", json={})
                if answer.status_code == 200:
                    self.calls.append(answer.headers["x-acf-usage-id"])

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_backup_made_under_load_is_served_elsewhere(tmp_path, engine, databases):
    key = {"SOUK_SECRET_KEY": base64.b64encode(os.urandom(32)).decode()} if engine == "postgres" else {}
    souk = Souk(tmp_path / "one", databases[0], **key).start()
    received = Host(lambda request: request.reply(200, {}))
    host = Host(lambda request: request.reply(200, {"ok": True}))
    provider = souk.client(souk.key("provider", "paid"))
    service = provider.post("/services", json={"name": "Paid", "endpoint": host.url, "price_per_call": "0.01"}).json()["id"]
    hook = provider.post("/webhooks", json={"url": f"{received.url}/hook", "events": ["service.called"], "secret": "a secret of more than 24 bytes"})
    assert hook.status_code == 201, hook.text
    operator, buyer = souk.key("admin", "ops"), souk.key("buyer", "bea")
    assert souk.client(operator).post("/admin/credits", json={"buyer_id": "bea", "amount": "500", "reason": "a test"}).status_code in (200, 201)
    token = souk.command("keys", "gateway-token").stdout

    buyers = Buyers(souk, buyer, service)
    try:
        wait_for(lambda: len(buyers.calls) >= 20)
        before = list(buyers.calls)
        folder = tmp_path / "backups" / "one"
        os.makedirs(tmp_path / "backups")
        made = souk.command("backup", "--json", "--passphrase-file", passphrase_file(tmp_path), str(folder), check=False)
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["key"] == "sealed"
        during = len(buyers.calls)
        wait_for(lambda: len(buyers.calls) > during)
    finally:
        buyers.stop()
    assert os.listdir(tmp_path / "backups") == ["one"], "nothing half-made stays"
    assert (os.stat(folder).st_mode & 0o777, os.stat(folder / "backup.json").st_mode & 0o777) == (0o700, 0o600)
    secrets = souk.environment.get("SOUK_SECRET_KEY") or open(tmp_path / "one" / "secret.key").read()
    for path in glob.glob(f"{folder}/**", recursive=True):
        if os.path.isfile(path):
            held = open(path, "rb").read()
            assert secrets.encode() not in held and token.strip().encode() not in held, path
    souk.kill()

    # Without the key of the first server: it comes out of the backup.
    other = Souk(tmp_path / "two", databases[1], SOUK_SECRET_KEY="")
    del other.environment["SOUK_SECRET_KEY"]
    wrong = other.command("restore", "--passphrase-file", passphrase_file(tmp_path, "another passphrase"), str(folder), check=False)
    assert (wrong.returncode, wrong.stderr.strip()) == (1, "souk: this is not the passphrase that the backup was sealed with")
    restored = other.command("restore", "--passphrase-file", passphrase_file(tmp_path), str(folder), check=False)
    assert restored.returncode == 0, restored.stderr
    verified = other.command("verify", check=False)
    assert verified.returncode == 0, verified.stdout
    assert other.command("keys", "gateway-token").stdout == token
    other.start()
    with other.client(buyer) as client:
        # What was acknowledged before the backup is in it, and can be called for again.
        assert client.get("/balance").status_code == 200
        assert client.post(f"/proxy/{service}/", json={}).status_code == 200
        assert set(before) <= {call["id"] for call in usage(client)}
    # The webhook's secret opens: the delivery is signed and arrives.
    count = len(received.requests)
    other.client(buyer).post(f"/proxy/{service}/", json={})
    wait_for(lambda: len(received.requests) > count)
    assert other.stop() == 0
    doctor = other.command("doctor", check=False)
    # The tests' PostgreSQL waits for no disk, as the doctor says.
    assert doctor.returncode == 0 or engine == "postgres" and "fsync is off" in doctor.stdout, doctor.stdout
    again = other.command("restore", "--passphrase-file", passphrase_file(tmp_path), str(folder), check=False)
    assert again.returncode == 1 and "already" in again.stderr


def test_a_backup_without_a_passphrase_needs_the_key_that_was_kept_apart(tmp_path):
    souk = Souk(tmp_path / "one").start()
    assert souk.stop() == 0
    folder = tmp_path / "backup"
    made = souk.command("backup", str(folder))
    assert "The operator's key is not in it." in made.stdout
    assert not (folder / "secrets.sealed").exists()
    other = Souk(tmp_path / "two")
    refused = other.command("restore", str(folder), check=False)
    assert refused.returncode == 1 and "the backup holds no key" in refused.stderr
    other.environment["SOUK_SECRET_KEY"] = base64.b64encode(os.urandom(32)).decode()
    refused = other.command("restore", str(folder), check=False)
    assert refused.returncode == 1 and "this is not the key" in refused.stderr
    assert os.listdir(tmp_path / "two") == [], "nothing was begun"
    other.environment["SOUK_SECRET_KEY"] = open(tmp_path / "one" / "secret.key").read()
    assert other.command("restore", str(folder)).returncode == 0
    assert other.command("doctor").returncode == 0


def test_what_is_no_backup_is_refused_in_one_line(tmp_path):
    souk = Souk(tmp_path / "one").start()
    assert souk.stop() == 0
    short = souk.command("backup", "--passphrase-file", passphrase_file(tmp_path, "short"), str(tmp_path / "b"), check=False)
    assert short.returncode == 1 and "12 characters" in short.stderr
    there = souk.command("backup", str(tmp_path), check=False)
    assert there.returncode == 1 and "is there already" in there.stderr
    nowhere = Souk(tmp_path / "none").command("backup", str(tmp_path / "b"), check=False)
    assert nowhere.returncode == 1 and "no database here" in nowhere.stderr
    assert not (tmp_path / "b").exists()
    other = Souk(tmp_path / "two")
    empty = other.command("restore", str(tmp_path / "two"), check=False)
    assert empty.returncode == 1 and "is no backup" in empty.stderr
    souk.command("backup", str(tmp_path / "b"))
    with open(tmp_path / "b" / "database.sqlite", "r+b") as file:
        file.seek(5000)
        file.write(b"x" * 10)
    other.environment["SOUK_SECRET_KEY"] = open(tmp_path / "one" / "secret.key").read()
    damaged = other.command("restore", str(tmp_path / "b"), check=False)
    assert damaged.returncode == 1 and "database.sqlite is damaged" in damaged.stderr
    for line in (short, there, nowhere, empty, damaged):
        assert line.stderr.startswith("souk: ") and line.stderr.count("\n") == 1, line.stderr
    # Nothing but what was written comes back.
    souk.command("backup", str(tmp_path / "c"))
    os.makedirs(tmp_path / "c" / "files" / "imports")
    (tmp_path / "c" / "files" / "imports" / "more").write_text("x")
    unlisted = other.command("restore", str(tmp_path / "c"), check=False)
    assert unlisted.returncode == 1 and "files/imports/more is no file of the backup" in unlisted.stderr
    os.remove(tmp_path / "c" / "files" / "imports" / "more")
    os.symlink("/etc/hostname", tmp_path / "c" / "files" / "imports" / "link")
    linked = other.command("restore", str(tmp_path / "c"), check=False)
    assert linked.returncode == 1 and "neither a file nor a folder" in linked.stderr
    os.remove(tmp_path / "c" / "files" / "imports" / "link")
    manifest = json.load(open(tmp_path / "c" / "backup.json"))
    for files in ([], [{"path": "../../../dev/zero", "bytes": 1, "sha256": "0"}]):
        json.dump({**manifest, "files": files}, open(tmp_path / "c" / "backup.json", "w"))
        refused = other.command("restore", str(tmp_path / "c"), check=False)
        assert refused.returncode == 1 and refused.stderr.startswith("souk: "), refused.stderr
    (tmp_path / "two" / "souk.sqlite-wal").write_text("left over")
    json.dump(manifest, open(tmp_path / "c" / "backup.json", "w"))
    stale = other.command("restore", str(tmp_path / "c"), check=False)
    assert stale.returncode == 1 and "souk.sqlite-wal" in stale.stderr
    os.remove(tmp_path / "two" / "souk.sqlite-wal")
    (tmp_path / "two" / "gateway-token").write_text("another token of the operator")
    manifest = json.load(open(tmp_path / "b" / "backup.json"))
    manifest["migrations"].append("market/9999-of-tomorrow")
    json.dump(manifest, open(tmp_path / "b" / "backup.json", "w"))
    newer = other.command("restore", str(tmp_path / "b"), check=False)
    assert newer.returncode == 1 and "too new" in newer.stderr


@needs_postgres
def test_commands_that_only_look_make_nothing_in_an_empty_database(tmp_path, shared_database):
    souk = Souk(tmp_path, shared_database)
    for command in ("doctor", "verify", "backup"):
        looked = souk.command(command, *([str(tmp_path / "b")] if command == "backup" else []), check=False)
        assert looked.returncode == 1, looked.stdout
        assert "no database of souk here" in looked.stdout + looked.stderr
    tables = subprocess.run(["psql", "-At", shared_database, "-c", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"], capture_output=True, text=True, check=True)
    assert tables.stdout.strip() == "0"
