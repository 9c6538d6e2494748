"""Real per-call payments with the public x402 client and facilitator, on a local chain."""

import asyncio
import base64
import json
import uuid

import httpx
import pytest
from eth_account import Account
from x402 import x402Client
from x402.http.clients.httpx import x402HttpxClient
from x402.mechanisms.evm.exact.register import register_exact_evm_client

from chain import NETWORK, Chain
from conftest import Souk


class Fixture:
    """A Souk with the rail, a service at 0.05 USDC, and a buyer without a prepaid balance."""

    def __init__(self, directory, chain, provider, facilitator):
        self.chain = chain
        self.souk = Souk(
            directory,
            SOUK_X402_FACILITATOR=facilitator.url,
            SOUK_X402_NETWORK=NETWORK,
            SOUK_X402_ASSET=chain.token.address,
            SOUK_X402_PAY_TO=chain.operator.address,
        ).start()
        with self.souk.client(self.souk.key("provider", "seller")) as seller:
            self.service = seller.post(
                "/services", json={"name": "Paid", "endpoint": provider.url, "price_per_call": "0.05", "payment_method": "x402"}
            ).json()["id"]
        self.buyer()

    def buyer(self):
        self.key = self.souk.key("buyer", f"buyer-{uuid.uuid4()}")

    @property
    def url(self):
        return f"{self.souk.market}/proxy/{self.service}/x"

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.key}"}

    def paying(self, url=None, method="POST", account=None):
        """The answer that a paying client gets."""

        async def pay():
            client = x402Client()
            register_exact_evm_client(client, account or self.chain.buyer)
            client.set_spend_controls(False)
            async with x402HttpxClient(client, timeout=60) as http:
                return await http.request(method, url or self.url, headers=self.headers, content=b"x")

        return asyncio.run(pay())

    def signed(self):
        """A payment header, made by the client library but not sent yet."""
        client = x402Client()
        register_exact_evm_client(client, self.chain.buyer)
        client.set_spend_controls(False)
        required = httpx.post(self.url, headers=self.headers)
        from x402.http.x402_http_client import x402HTTPClient

        http = x402HTTPClient(client)
        payment = http.get_payment_required_response(lambda name: required.headers.get(name), required.json())
        payload = asyncio.run(client.create_payment_payload(payment))
        return http.encode_payment_signature_header(payload)


@pytest.fixture(scope="module")
def chain():
    return Chain()


@pytest.fixture
def fixture(tmp_path, chain, host):
    fixture = Fixture(tmp_path, chain, host(), host(chain.answer))
    yield fixture
    fixture.souk.stop()
    verified = fixture.souk.command("verify", check=False)
    assert verified.returncode == 0, verified.stdout


def decoded(header):
    return json.loads(base64.b64decode(header))


def test_a_call_is_paid_on_the_chain(fixture, chain):
    before = chain.balance(chain.operator)
    answer = fixture.paying()
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-ACF-Amount"] == "0.05"
    receipt = decoded(answer.headers["PAYMENT-RESPONSE"])
    assert receipt["success"] and receipt["network"] == NETWORK
    assert chain.balance(chain.operator) - before == 50_000
    with fixture.souk.client(fixture.key) as buyer:
        assert buyer.get("/balance").json()["balance"] == "0.00"
        assert buyer.get("/usage/me").json()["total_spent_usd"] == "0.05"


def test_version_1_is_paid_too(fixture, chain):
    required = httpx.post(fixture.url, headers=fixture.headers)
    assert required.status_code == 402
    assert required.json()["x402Version"] == 1
    from x402.schemas.v1 import PaymentRequiredV1

    client = x402Client()
    register_exact_evm_client(client, chain.buyer)
    client.set_spend_controls(False)
    payload = asyncio.run(client.create_payment_payload(PaymentRequiredV1.model_validate(required.json())))
    header = base64.b64encode(payload.model_dump_json(by_alias=True, exclude_none=True).encode()).decode()
    before = chain.balance(chain.operator)
    answer = httpx.post(fixture.url, headers={**fixture.headers, "X-PAYMENT": header}, timeout=60)
    assert answer.status_code == 200, answer.text
    assert decoded(answer.headers["X-PAYMENT-RESPONSE"])["network"] == "base-sepolia"
    assert chain.balance(chain.operator) - before == 50_000


def test_a_payment_is_good_once(fixture, chain):
    headers = {**fixture.headers, **fixture.signed()}
    assert httpx.post(fixture.url, headers=headers, timeout=60).status_code == 200
    before = chain.balance(chain.operator)
    again = httpx.post(fixture.url, headers=headers, timeout=60)
    assert again.status_code == 402
    assert chain.balance(chain.operator) == before


def test_tampering_is_refused(fixture, chain):
    before = chain.balance(chain.operator)
    (name, header), = fixture.signed().items()
    good = decoded(header)
    tampered = []
    for path, value in [
        (("payload", "authorization", "value"), "1"),
        (("payload", "authorization", "to"), chain.buyer.address),
        (("payload", "authorization", "nonce"), "0x" + "11" * 32),
        (("payload", "signature"), "0x" + "22" * 65),
        (("accepted", "amount"), "1"),
        (("accepted", "payTo"), chain.buyer.address),
        (("accepted", "network"), "eip155:1"),
    ]:
        copy = json.loads(json.dumps(good))
        inner = copy
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        tampered.append(base64.b64encode(json.dumps(copy).encode()).decode())
    for header in tampered:
        assert httpx.post(fixture.url, headers={**fixture.headers, name: header}, timeout=60).status_code == 402
    for header in ["", "!", base64.b64encode(b"{}").decode(), "A" * 40_000]:
        assert httpx.post(fixture.url, headers={**fixture.headers, name: header}, timeout=60).status_code in (400, 431)
    assert chain.balance(chain.operator) == before


def test_an_empty_wallet_delivers_nothing(fixture, chain):
    answer = fixture.paying(account=Account.create())
    assert answer.status_code == 402


def test_a_provider_that_fails_is_not_paid(tmp_path, chain, host):
    fixture = Fixture(tmp_path, chain, host(lambda request: request.reply(500, {})), host(chain.answer))
    before = chain.balance(chain.operator)
    assert fixture.paying().status_code == 500
    assert chain.balance(chain.operator) == before
    fixture.souk.stop()
    assert fixture.souk.command("verify", check=False).returncode == 0


def test_an_unknown_outcome_is_not_asked_for_twice(tmp_path, chain, host):
    """The facilitator takes the money and then breaks the connection off."""

    def takes_and_dies(request):
        if request.path == "/verify":
            return chain.answer(request)
        request.reply = lambda *_: None
        chain.answer(request)
        request.close_connection = True

    provider = host()
    fixture = Fixture(tmp_path, chain, provider, host(takes_and_dies))
    before = chain.balance(chain.operator)
    answer = fixture.paying()
    assert answer.status_code == 504
    assert "Do not pay again" in answer.json()["detail"]
    assert chain.balance(chain.operator) - before == 50_000
    with fixture.souk.client(fixture.key) as buyer:
        assert buyer.get("/usage").json()["count"] == 0
    fixture.souk.stop()
    assert fixture.souk.command("verify", check=False).returncode == 0


def test_a_deposit_tops_the_balance_up(fixture, chain):
    with fixture.souk.client(fixture.key) as buyer:
        deposit = buyer.post("/deposits", json={"amount": "2.50", "payment_method": "x402"}).json()
        assert deposit["status"] == "pending"
        paid = fixture.paying(f"{fixture.souk.market}/deposits/{deposit['id']}/pay")
        assert paid.status_code == 200, paid.text
        assert paid.json()["status"] == "completed"
        assert buyer.get(f"/deposits/{deposit['id']}").json()["status"] == "completed"
        assert buyer.get("/balance").json()["balance"] == "2.50"
        assert fixture.paying(f"{fixture.souk.market}/deposits/{deposit['id']}/pay").status_code in (402, 409)
        assert buyer.get("/balance").json()["balance"] == "2.50"
        assert buyer.post(f"/proxy/{fixture.service}/x", content=b"x").headers["X-ACF-Amount"] == "0.05"
