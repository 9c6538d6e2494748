"""People who come in with e-mail and password: signing up, recovery, mail that is sent, and what keys may spend."""

import datetime
import re
import threading
import time

import httpx
import pytest

from conftest import Souk, needs_postgres, wait_for
from mailbox import MailServer, code, text
from test_market import register


@pytest.fixture
def mail():
    server = MailServer()
    yield server
    server.stop()


class Visitor(httpx.Client):
    """A browser without JavaScript."""

    def __init__(self, souk, surface="market", **options):
        super().__init__(base_url=f"{souk.url}/{surface}", follow_redirects=True, timeout=60, **options)

    def submit(self, page, path=None, **fields):
        """Sends a form of a page, and confirms it where the page asks."""
        token = re.search(r'name="form_token" value="([^"]+)"', self.get(page).text)
        answer = self.post(path or page, data={**fields, **({"form_token": token.group(1)} if token else {})})
        confirmed = re.search(r'name="confirmed" value="([^"]+)"', answer.text)
        if confirmed:
            token = re.search(r'name="form_token" value="([^"]+)"', answer.text)
            answer = self.post(path or page, data={**fields, "confirmed": confirmed.group(1), "form_token": token.group(1)})
        return answer


PASSWORD = "correct horse battery"


def sign_up(souk, name="ada", role="buyer", **options):
    visitor = Visitor(souk, **options)
    answer = visitor.post("/sign-up", data={"role": role, "account_name": name, "email": f"{name}@example.com", "password": PASSWORD})
    return visitor, answer


def test_the_market_is_entered_with_an_email_and_a_password(tmp_path):
    souk = Souk(tmp_path).start()
    ada, home = sign_up(souk)
    assert home.url.path == "/market/account" and "Account of ada" in home.text
    # The same account has keys, and its owner_id is nobody else's.
    made = ada.submit("/account/keys", role="buyer")
    key = re.search(r"Bearer (acf_\w+:sec_\w+)", made.text).group(1)
    account = souk.client(key).get("/account").json()
    assert account == {"owner_id": "ada", "role": "buyer", "email": "ada@example.com", "low_balance_threshold": None}
    assert [one["role"] for one in souk.client(key).get("/keys").json()["keys"]] == ["buyer"], "a password is no key"
    assert httpx.post(f"{souk.market}/keys", json={"owner_id": "ada"}).status_code == 403
    _, taken = sign_up(souk)
    assert taken.status_code == 409 and "This account name is taken" in taken.text
    other, taken = sign_up(souk, "eve")
    assert taken.status_code == 200
    twice = Visitor(souk).post("/sign-up", data={"role": "buyer", "account_name": "adb", "email": "ADA@example.com", "password": PASSWORD})
    assert twice.status_code == 409 and "already" in twice.text
    wrong = Visitor(souk).post("/sign-up", data={"role": "admin", "account_name": "A b", "email": "x", "password": "short"})
    assert wrong.status_code == 422 or wrong.status_code == 400
    for said in ("must be an e-mail address", "must have 10 to 200 characters", "3 to 60 lower-case letters"):
        assert said in wrong.text, wrong.text
    assert PASSWORD not in wrong.text and 'value="short"' not in wrong.text
    # Signing in again, and wrongly.
    again = Visitor(souk)
    assert again.post("/sign-in", data={"email": " Ada@Example.com ", "password": "not this one"}).status_code == 401
    assert again.post("/sign-in", data={"email": "nobody@example.com", "password": PASSWORD}).status_code == 401
    assert again.post("/sign-in", data={"email": " Ada@Example.com ", "password": PASSWORD}).url.path == "/market/account"
    # A key still signs in.
    assert Visitor(souk).post("/sign-in", data={"key": key}).url.path == "/market/account"
    # Selling is a step of its own.
    assert ada.get("/provider").status_code == 403
    assert souk.client(key).post("/account/provider").headers["x-souk-problem"] == "no_login", "a key stays what it is"
    assert ada.submit("/account/settings", "/account/settings/provider").url.path == "/market/provider"
    assert ada.get("/provider").status_code == 200
    assert souk.client(key).post("/services", json={}).status_code == 403, "the key stays a buyer's"
    sold, home = sign_up(souk, "pia", "provider")
    assert home.url.path == "/market/provider"
    # Another password ends other sessions, and needs the present one.
    bad = ada.submit("/account/settings", "/account/settings/login", email="ada@example.com", password="another password", current_password="wrong")
    assert bad.status_code == 401 and "The current password is wrong" in bad.text
    good = ada.submit("/account/settings", "/account/settings/login", email="ada@new.example.com", password="another password", current_password=PASSWORD)
    assert good.status_code == 200 and good.url.query == b"done=1&did=set_the_e-mail_and_password"
    assert again.get("/account").url.path == "/market/sign-in" and ada.get("/account").url.path == "/market/account"
    # The address alone, with the present password.
    alone = ada.submit("/account/settings", "/account/settings/login", email="ada@new.example.com", current_password="another password", password="")
    assert alone.status_code == 200, alone.text
    # An account that began with a key gets a password.
    bob = souk.key("provider", "bob")
    put = souk.client(bob).put("/account/login", json={"email": "bob@example.com", "password": PASSWORD})
    assert put.status_code == 200 and put.json()["role"] == "provider"
    assert Visitor(souk).post("/sign-in", data={"email": "bob@example.com", "password": PASSWORD}).url.path == "/market/provider"
    assert souk.client(bob).put("/account/login", json={"email": "bob@example.com", "password": "x" * 12}).status_code == 401
    assert souk.client(bob).put("/account/login", json={"email": "ada@new.example.com", "password": "x" * 12, "current_password": PASSWORD}).status_code == 409
    # Suspended, nobody comes in.
    souk.command("accounts", "suspend", "bob", "--reason", "a test")
    time.sleep(1.5)
    assert Visitor(souk).post("/sign-in", data={"email": "bob@example.com", "password": PASSWORD}).status_code == 403
    log = open(souk.log).read()
    assert PASSWORD not in log and "another password" not in log
    assert souk.stop() == 0


def test_a_password_is_recovered_by_mail_and_notices_are_mailed(tmp_path, mail):
    souk = Souk(tmp_path, **mail.settings).start()
    ada, _ = sign_up(souk, headers={"Accept-Language": "ja"})
    confirm = mail.wait(1)
    assert confirm["to"] == "ada@example.com" and "メールアドレスの確認" in confirm["subject"]
    assert confirm["from"] == "Souk <souk@example.com>" and confirm["auto-submitted"] == "auto-generated"
    # Nothing but the code goes to an address that is not confirmed.
    operator = souk.client(souk.key("admin", "ops"))
    assert operator.post("/admin/credits", json={"buyer_id": "ada", "amount": "5.00", "reason": "test"}).status_code == 201
    assert ada.submit("/account/notifications", "/account/notifications/mail/confirm", code="AAAA-AAAA-AAAA-AAAA").status_code == 400
    mallory, _ = sign_up(souk, "mallory")
    assert mallory.submit("/account/notifications", "/account/notifications/mail/confirm", code=code(confirm)).status_code == 400
    mail.wait(2)
    typed = code(confirm).lower().replace("-", " ")
    assert ada.submit("/account/notifications", "/account/notifications/mail/confirm", code=typed).status_code == 200
    assert operator.post("/admin/credits", json={"buyer_id": "ada", "amount": "2.50", "reason": "test"}).status_code == 201
    notice = mail.wait(3)
    assert notice["subject"] == "残高に入金されました: 2.50 USDC"
    assert f"localhost:{souk.port}/market/account/notifications" in text(notice)
    # Switched off, one by one.
    ada.submit("/account/notifications", "/account/notifications/mail/types", types="balance.low")
    assert operator.post("/admin/credits", json={"buyer_id": "ada", "amount": "1.00", "reason": "test"}).status_code == 201
    # A low balance is told once, until it was above again.
    assert ada.submit("/account/settings", "/account/settings/low-balance", threshold="10.00").status_code == 200
    low = mail.wait(4, seconds=40)
    assert "8.50 USDC" in low["subject"], low["subject"]
    # A code for a new password; the page says the same of an address that nobody has.
    stranger = Visitor(souk)
    sent = stranger.post("/recover", data={"email": "nobody@example.com"})
    known = stranger.post("/recover", data={"email": "Ada@example.com"})
    assert sent.url.path == known.url.path == "/market/recover/code" and sent.text == known.text
    recovery = mail.wait(5)
    assert code(recovery) not in str(sent.url) and f"localhost:{souk.port}/market/recover/code" in text(recovery)
    assert stranger.post("/recover/code", data={"code": "0000-0000-0000-0000", "password": "a new password"}).status_code == 401
    changed = stranger.post("/recover/code", data={"code": code(recovery), "password": "a new password"})
    assert changed.url.path == "/market/account", changed.text
    assert ada.get("/account").url.path == "/market/sign-in", "other sessions have ended"
    assert Visitor(souk).post("/recover/code", data={"code": code(recovery), "password": "a third password"}).status_code == 401, "once"
    told = mail.wait(6)
    assert told["to"] == "ada@example.com" and code(recovery) not in text(told), "the owner learns of the change"
    for _ in range(2):
        assert stranger.post("/recover", data={"email": "ada@example.com"}).status_code == 200
    assert stranger.post("/recover", data={"email": "ada@example.com"}).status_code == 429
    older, newer = mail.wait(7), mail.wait(8)
    # A code that waits ends with the next change, also by the console.
    stranger.submit("/account/settings", "/account/settings/login", email="ada@example.com", current_password="a new password", password="a third password")
    mail.wait(9)
    for waiting in (older, newer):
        assert Visitor(souk).post("/recover/code", data={"code": code(waiting), "password": "of a thief's own"}).status_code == 401
    log = open(souk.log).read()
    assert code(recovery) not in log and "a new password" not in log and "ada@example.com" not in log
    # Nothing is left behind once it was handed in.
    assert len(mail.messages) == 9
    assert souk.stop() == 0


def test_every_surface_recovers_passwords(tmp_path, mail):
    souk = Souk(tmp_path, **mail.settings).start()
    sign_ups = {
        "affiliate": {"role": "publisher", "account_name": "pub", "name": "Pub"},
        "commerce": {"display_name": "Dev"},
        "forum": {"username": "mia"},
    }
    for number, (surface, fields) in enumerate(sign_ups.items()):
        address = f"{surface}@example.com"
        visitor = Visitor(souk, surface)
        made = visitor.post("/sign-up", data={**fields, "email": address, "contact_email": address, "password": PASSWORD})
        assert made.status_code == 200 and "sign-up" not in str(made.url), made.text
        assert "/recover" in Visitor(souk, surface).get("/sign-in").text
        Visitor(souk, surface).post("/recover", data={"email": address})
        message = mail.wait(2 * number + 1)
        assert message["to"] == address
        recovered = Visitor(souk, surface)
        assert recovered.post("/recover/code", data={"code": code(message), "password": "a new password"}).status_code == 200
        assert mail.wait(2 * number + 2)["to"] == address
        assert visitor.post("/sign-in", data={"email": address, "password": PASSWORD}).status_code == 401, surface
        assert Visitor(souk, surface).post("/sign-in", data={"email": address, "password": "a new password"}).status_code == 200
    assert souk.stop() == 0


def test_a_developer_changes_the_password_and_other_sessions_end(tmp_path):
    souk = Souk(tmp_path).start()
    base = f"{souk.url}/commerce/v1/developers"
    account = {"display_name": "Dev", "contact_email": "dev@example.com", "password": PASSWORD}
    token = httpx.post(f"{base}/register", json=account).json()["developer_token"]
    visitor = Visitor(souk, "commerce")
    assert visitor.post("/sign-in", data={"email": "dev@example.com", "password": PASSWORD}).status_code == 200

    def change(**fields):
        return httpx.post(f"{base}/me/password", json=fields, headers={"Authorization": f"Bearer {token}"})

    assert (change(password="something else", new_password="a new password").status_code, change(password=PASSWORD, new_password="short").status_code) == (401, 400)
    assert httpx.post(f"{base}/me/password", json={"password": PASSWORD, "new_password": "a new password"}).status_code == 401
    wrong = visitor.submit("/account", "/account/password", password="something else", new_password="a new password")
    assert wrong.status_code == 401 and "The current password is wrong" in wrong.text
    changed = visitor.submit("/account", "/account/password", password=PASSWORD, new_password="a new password")
    assert changed.status_code == 200 and "Change the password" in changed.text
    # The session that has asked goes on; the other one has ended.
    assert visitor.get("/account").url.path == "/commerce/account"
    assert httpx.get(f"{base}/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert Visitor(souk, "commerce").post("/sign-in", data={"email": "dev@example.com", "password": PASSWORD}).status_code == 401
    # Guessing ends after five tries.
    tries = [visitor.submit("/account", "/account/password", password=f"wrong {n}", new_password="a new password").status_code for n in range(6)]
    assert tries[-1] == 429, tries
    # Strangers who fail to sign in keep nobody from changing the password.
    for _ in range(6):
        Visitor(souk, "commerce").post("/sign-in", data={"email": "eve@example.com", "password": "wrong"})
    other = {"display_name": "Eve", "contact_email": "eve@example.com", "password": PASSWORD}
    token = httpx.post(f"{base}/register", json=other).json()["developer_token"]
    for _ in range(6):
        Visitor(souk, "commerce").post("/sign-in", data={"email": "eve@example.com", "password": "wrong"})
    assert change(password=PASSWORD, new_password="a new password").status_code == 200
    assert souk.stop() == 0


def test_without_a_mail_server_the_operator_hands_a_code_on(tmp_path):
    souk = Souk(tmp_path).start()
    sign_up(souk)
    page = Visitor(souk).get("/recover").text
    assert "Ask its operator" in page and 'name="email"' not in page
    said = souk.command("accounts", "recover", "--surface", "market", "ada").stdout
    found = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", said).group()
    assert f"localhost:{souk.port}/market/recover/code" in said
    assert Visitor(souk).post("/recover/code", data={"code": found, "password": "a new password"}).url.path == "/market/account"
    assert Visitor(souk).post("/sign-in", data={"email": "ada@example.com", "password": "a new password"}).status_code == 200
    unknown = souk.command("accounts", "recover", "--surface", "market", "nobody", check=False)
    assert (unknown.returncode, unknown.stderr) == (1, "souk: there is no account nobody with a password on market\n")
    given = souk.command("accounts", "set-password", "--surface", "market", "--owner", "ada", "--email", "ada@example.com").stdout
    assert '"password"' in given
    assert souk.stop() == 0


def test_mail_waits_for_its_server_and_is_not_sent_in_the_clear_with_a_password(tmp_path, mail):
    mail.refusing = "451 later"
    souk = Souk(tmp_path, SOUK_LOG_LEVEL="info", **mail.settings).start()
    sign_up(souk)
    for _ in range(100):
        if "could not be handed in" in open(souk.log).read():
            break
        time.sleep(0.1)
    log = open(souk.log).read()
    assert "a message could not be handed in; it is tried again" in log and "ada@example.com" not in log
    mail.refusing = "550 no such person"
    sign_up(souk, "eve")
    for _ in range(100):
        if "the mail server refuses a message" in open(souk.log).read():
            break
        time.sleep(0.1)
    assert "the mail server refuses a message" in open(souk.log).read()
    assert souk.stop() == 0
    doctor = souk.command("doctor", check=False).stdout
    assert "mail: the mail server answers" in doctor
    strict = {**mail.settings, "SOUK_SMTP_URL": f"smtp://ada:secret@127.0.0.1:{mail.port}"}
    souk.environment.update(strict)
    doctor = souk.command("doctor", check=False).stdout
    assert "WRONG mail" in doctor and "secret" not in doctor
    assert not mail.logins, "no password without TLS"
    printed = souk.command("serve", "--print-config").stdout
    assert "ada:secret" not in printed
    souk.environment["SOUK_SMTP_URL"] = "http://example.com"
    wrong = souk.command("serve", check=False)
    assert wrong.returncode == 1 and "smtp_url" in wrong.stderr


def break_off(request):
    """Less than was promised, and too much to be kept until it is whole."""
    request.send_response(200)
    request.send_header("Content-Length", str(8 << 20))
    request.end_headers()
    request.wfile.write(b"x" * (4 << 20))
    request.close_connection = True


def spending(souk, host):
    service = register(souk, host().url, price="0.40")
    key = souk.key("buyer", "cap")
    operator = souk.client(souk.key("admin", "ops"))
    assert operator.post("/admin/credits", json={"buyer_id": "cap", "amount": "100.00", "reason": "test"}).status_code == 201
    owner, agent = souk.client(key), souk.client(souk.key("buyer", "cap"))
    agent_id = agent.headers["Authorization"].removeprefix("Bearer ").split(":")[0]
    put = owner.put(f"/keys/{agent_id}/daily-cap", json={"daily_cap": "2.00"})
    assert put.json() == {"key_id": agent_id, "daily_cap": "2.00", "spent_today": "0.00"}, put.text
    statuses = []

    def call():
        statuses.append(agent.get(f"/proxy/{service}/x").status_code)

    # Forty calls at once: five are paid for, and none of the others.
    threads = [threading.Thread(target=call) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 5 + [403] * 35
    refused = agent.get(f"/proxy/{service}/x")
    assert refused.headers["x-souk-problem"] == "daily_cap_reached" and "2.00 USDC a day" in refused.json()["detail"]
    # A payment that nobody takes here is none.
    for header in ({"PAYMENT-SIGNATURE": "zz"}, {"X-PAYMENT": "eyJ4IjoxfQ=="}):
        assert agent.get(f"/proxy/{service}/x", headers=header).headers["x-souk-problem"] == "daily_cap_reached"
    assert owner.get("/balance").json()["balance"] == "98.00"
    assert owner.get(f"/keys/{agent_id}/daily-cap").json()["spent_today"] == "2.00"
    assert owner.get(f"/proxy/{service}/x").status_code == 200, "another key has no cap"
    # A call that fails gives back what it held.
    broken = register(souk, host(lambda request: request.send_error(502)).url, price="0.30")
    assert owner.put(f"/keys/{agent_id}/daily-cap", json={"daily_cap": "2.30"}).status_code == 200
    assert agent.get(f"/proxy/{broken}/x").status_code == 502
    assert owner.get(f"/keys/{agent_id}/daily-cap").json()["spent_today"] == "2.00"
    assert agent.get(f"/proxy/{service}/x").status_code == 403
    # An answer that is broken off is given back, to the balance and to the cap.
    cut = register(souk, host(break_off).url, price="0.30")
    before = owner.get("/balance").json()["balance"]
    with pytest.raises(httpx.RemoteProtocolError):
        agent.get(f"/proxy/{cut}/x")
    wait_for(lambda: owner.get("/balance").json()["balance"] == before)
    assert owner.get(f"/keys/{agent_id}/daily-cap").json()["spent_today"] == "2.00"
    small = register(souk, host().url, price="0.30")
    assert agent.get(f"/proxy/{small}/x").status_code == 200
    # Whoever holds the key cannot lift its cap.
    assert agent.put(f"/keys/{agent_id}/daily-cap", json={"daily_cap": None}).headers["x-souk-problem"] == "capped_key"
    assert agent.post("/keys", json={"owner_id": "cap"}).status_code == 403
    assert agent.put("/account/login", json={"email": "a@example.com", "password": PASSWORD}).status_code == 403
    owner_id = key.split(":")[0]
    hook = owner.post("/webhooks", json={"url": "http://127.0.0.1:9/", "events": ["service.called"], "secret": "s"}).json()["id"]
    for method, path, body in [
        ("DELETE", f"/keys/{owner_id}", None), ("PUT", "/account/low-balance", {"threshold": None}), ("POST", "/account/provider", {}),
        ("DELETE", f"/webhooks/{hook}", None), ("POST", f"/deposits/{agent_id}/refunds", {}),
    ]:
        refused = agent.request(method, path, json=body)
        assert refused.headers.get("x-souk-problem") == "capped_key", (path, refused.text)
    visitor = Visitor(souk)
    visitor.post("/sign-in", data={"key": agent.headers["Authorization"].removeprefix("Bearer ")})
    assert visitor.submit("/account/notifications", "/account/notifications/mail", address="evil@example.com").status_code == 403
    # A member that is missing lifts nothing, and a key does not lock itself in.
    assert owner.put(f"/keys/{agent_id}/daily-cap", json={}).status_code in (400, 422)
    assert owner.put(f"/keys/{agent_id}/daily-cap", json={"dailyCap": "5.00"}).status_code in (400, 422)
    assert owner.put(f"/keys/{owner_id}/daily-cap", json={"daily_cap": "5.00"}).headers["x-souk-problem"] == "own_cap"
    stranger = souk.client(souk.key("buyer", "stranger"))
    assert stranger.put(f"/keys/{agent_id}/daily-cap", json={"daily_cap": None}).status_code == 404
    assert stranger.get(f"/keys/{agent_id}/daily-cap").status_code == 404
    assert owner.put(f"/keys/{agent_id}/daily-cap", json={"daily_cap": "0.0000001"}).status_code in (400, 422)
    # The owner sees it in the list of keys; the operator sees it and sets it, of the market's keys alone.
    shown = {one["key_id"]: one["daily_cap"] for one in owner.get("/keys").json()["keys"]}
    assert (shown[agent_id], shown[owner_id]) == ("2.30", None)
    other = souk.key("publisher", "cap", surface="affiliate").split(":")[0]
    assert owner.put(f"/keys/{other}/daily-cap", json={"daily_cap": "1.00"}).status_code == 404
    assert operator.put(f"/admin/keys/{other}/daily-cap", json={"daily_cap": "1.00"}).status_code == 404
    assert owner.put(f"/admin/keys/{agent_id}/daily-cap", json={"daily_cap": None}).status_code == 403
    limited = operator.put(f"/admin/keys/{agent_id}/daily-cap", json={"daily_cap": "3.00"}).json()
    assert (limited["daily_cap"], limited["owner_id"]) == ("3.00", "cap")
    # An administrator's key with a cap frees neither itself nor another one.
    second_key = souk.key("admin", "ops")
    second, second_id = souk.client(second_key), second_key.split(":")[0]
    assert operator.put(f"/admin/keys/{second_id}/daily-cap", json={"daily_cap": "1.00"}).status_code == 200
    for one in (second_id, agent_id):
        assert second.put(f"/admin/keys/{one}/daily-cap", json={"daily_cap": None}).headers["x-souk-problem"] == "capped_key"
        assert second.patch(f"/admin/keys/{one}", json={"rate_limit": 0}).headers["x-souk-problem"] == "capped_key"
        assert second.delete(f"/admin/keys/{one}").headers["x-souk-problem"] == "capped_key"
    account = operator.get("/admin/accounts/cap").json()
    assert {one["key_id"]: one["daily_cap"] for one in account["keys"]}[agent_id] == "3.00"
    assert owner.put(f"/keys/{agent_id}/daily-cap", json={"daily_cap": None}).json()["daily_cap"] is None
    assert agent.get(f"/proxy/{service}/x").status_code == 200
    assert souk.stop() == 0


def test_a_key_spends_no_more_than_its_cap_in_a_day(tmp_path, host):
    spending(Souk(tmp_path).start(), host)


@needs_postgres
def test_nodes_share_the_cap_of_a_key(tmp_path, host, shared_database):
    spending(Souk(tmp_path, database=shared_database).start(), host)


def test_a_buyer_sees_what_was_spent_on_which_service(souk, host):
    provider = host().url
    cheap, dear = register(souk, provider, price="0.10", name="Cheap"), register(souk, provider, price="0.30", name="Dear")
    visitor, _ = sign_up(souk, "spender")
    operator = souk.client(souk.key("admin", "ops"))
    assert operator.post("/admin/credits", json={"buyer_id": "spender", "amount": "5.00", "reason": "test"}).status_code == 201
    assert "Nothing happened in this period" in visitor.get("/account/spending").text
    made = visitor.submit("/account/keys", role="buyer")
    buyer = souk.client(re.search(r"Bearer (acf_\w+:sec_\w+)", made.text).group(1))
    for service in (cheap, dear, dear):
        assert buyer.get(f"/proxy/{service}/x").status_code == 200
    spending = buyer.get("/usage/spending").json()
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert spending["total"] == "0.70"
    assert sorted((day["service"], day["calls"], day["spent"]) for day in spending["days"]) == [("Cheap", 1, "0.10"), ("Dear", 2, "0.60")]
    assert {day["day"] for day in spending["days"]} <= {today, time.strftime("%Y-%m-%d", time.gmtime(time.time() - 60))}
    assert buyer.get("/usage/spending", params={"days": 31}).status_code in (400, 422)
    assert souk.client(souk.key("buyer", "nobody-else")).get("/usage/spending").json()["days"] == []
    page = visitor.get("/account/spending").text
    assert page.index("Dear</a>") < page.index("Cheap</a>") and "85.7%" in page and "<svg" in page
    assert "0.70 USDC in this period, none in the one before" in page
    only = visitor.get("/account/spending", params={"days": 7, "service_id": cheap}).text
    assert "0.10 USDC in this period" in only


def test_a_moved_sandbox_does_at_once_what_is_due(tmp_path):
    souk = Souk(tmp_path).start("--sandbox")
    made = httpx.post(f"{souk.market}/keys", json={"owner_id": "low"}).json()
    buyer = souk.client(f"{made['key_id']}:{made['secret']}")
    assert buyer.put("/account/low-balance", json={"threshold": "1.00"}).json()["low_balance_threshold"] == "1.00"
    now = httpx.get(f"{souk.url}/sandbox/clock").json()["now"]
    later = (datetime.datetime.fromisoformat(now) + datetime.timedelta(days=30)).isoformat()
    began = time.monotonic()
    moved = httpx.post(f"{souk.url}/sandbox/clock", json={"now": later}, timeout=30)
    assert moved.status_code == 200 and moved.json()["now"][:10] == later[:10]
    assert [notice["type"] for notice in buyer.get("/notifications").json()["notifications"]] == ["balance.low"]
    assert time.monotonic() - began < 12
    assert souk.stop() == 0
