"""A local chain with an EIP-3009 token, and the public x402 facilitator in front of it."""

import threading

import vyper
from eth_account import Account
from eth_tester import EthereumTester, PyEVMBackend
from web3 import Web3
from web3.providers.eth_tester import EthereumTesterProvider
from x402 import x402FacilitatorSync
from x402.mechanisms.evm import FacilitatorWeb3Signer
from x402.mechanisms.evm.exact.register import register_exact_evm_facilitator
from x402.schemas.helpers import parse_payment_payload, parse_payment_requirements

NETWORK = "eip155:84532"

TOKEN = """
# pragma version 0.4.3
name: public(constant(String[8])) = "USDC"
version: public(constant(String[1])) = "2"
decimals: public(constant(uint8)) = 6
balanceOf: public(HashMap[address, uint256])
authorizationState: public(HashMap[address, HashMap[bytes32, bool]])
DOMAIN_SEPARATOR: public(immutable(bytes32))

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

@deploy
def __init__(chain_id: uint256):
    DOMAIN_SEPARATOR = keccak256(abi_encode(
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        keccak256("USDC"), keccak256("2"), chain_id, self))

@external
def mint(to: address, amount: uint256):
    self.balanceOf[to] += amount

@external
def transferWithAuthorization(payer: address, to: address, amount: uint256, after: uint256, before: uint256,
        nonce: bytes32, v: uint8, r: bytes32, s: bytes32):
    assert block.timestamp > after, "not yet valid"
    assert block.timestamp < before, "expired"
    assert not self.authorizationState[payer][nonce], "used"
    message: bytes32 = keccak256(abi_encode(
        keccak256("TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"),
        payer, to, amount, after, before, nonce))
    digest: bytes32 = keccak256(concat(b"\\x19\\x01", DOMAIN_SEPARATOR, message))
    assert ecrecover(digest, convert(v, uint256), convert(r, uint256), convert(s, uint256)) == payer, "signature"
    self.authorizationState[payer][nonce] = True
    self.balanceOf[payer] -= amount
    self.balanceOf[to] += amount
    log Transfer(sender=payer, receiver=to, value=amount)
"""


class LocalSigner(FacilitatorWeb3Signer):
    """The library's signer on a chain in this process instead of one behind a URL."""

    def __init__(self, private_key, web3):
        super().__init__(private_key, "http://127.0.0.1:1")
        self._w3 = web3


class Chain:
    def __init__(self):
        self.web3 = Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend())))
        self.lock = threading.Lock()
        rich = self.web3.eth.accounts[0]
        compiled = vyper.compile_code(TOKEN, output_formats=["abi", "bytecode"])
        contract = self.web3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
        receipt = self.web3.eth.wait_for_transaction_receipt(contract.constructor(84532).transact({"from": rich}))
        self.token = self.web3.eth.contract(address=receipt["contractAddress"], abi=compiled["abi"])
        self.buyer = Account.create()
        self.operator = Account.create()
        self.token.functions.mint(self.buyer.address, 100_000_000).transact({"from": rich})
        settler = Account.create()
        self.web3.eth.send_transaction({"from": rich, "to": settler.address, "value": 10**20})
        self.facilitator = x402FacilitatorSync()
        register_exact_evm_facilitator(self.facilitator, LocalSigner(settler.key.hex(), self.web3), networks=NETWORK)

    def balance(self, account):
        return self.token.functions.balanceOf(account.address).call()

    def answer(self, request):
        """The facilitator's HTTP interface: POST /verify and /settle."""
        import json

        message = json.loads(request.body)
        version = message["x402Version"]
        payload = parse_payment_payload(json.dumps(message["paymentPayload"]).encode())
        requirements = parse_payment_requirements(version, json.dumps(message["paymentRequirements"]).encode())
        with self.lock:
            ask = self.facilitator.verify if request.path == "/verify" else self.facilitator.settle
            result = ask(payload, requirements)
        request.reply(200, result.model_dump(by_alias=True, exclude_none=True))
