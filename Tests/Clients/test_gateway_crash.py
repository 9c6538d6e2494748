"""Kill -9 under streamed load: no reservation stays, no acknowledged end is lost, no acting tool runs twice, and nothing costs less than the truth.

`CRASH_ROUNDS` says how often (docs/benchmarks.md, Proofs).
"""

import threading
import time
import uuid

import httpx

from gatewaykit import Gateway
from test_crash import Load, kill_under


class Streams(Load):
    """Chats under an Idempotency-Key of their own: some answer at once, some write a file first, some both in a stream."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.ended = []
        self.counter = 0
        super().__init__(gateway.souk)

    def work(self):
        headers = {"Authorization": f"Bearer {self.gateway.token}"}
        with httpx.Client(base_url=self.gateway.url, headers=headers, timeout=10) as client:
            while self.running:
                name = str(uuid.uuid4())
                self.tried.add(name)
                self.counter += 1
                acts, streams = self.counter % 2 == 0, self.counter % 3 == 0
                body = {
                    "model": "agent:helper", "stream": streams,
                    "messages": [{"role": "user", "content": f"{'write' if acts else 'say'} {name}"}],
                }
                answer = self.insist(lambda: client.post(
                    "/v1/chat/completions", json=body, headers={"Idempotency-Key": name},
                ), 200)
                if not answer:
                    continue
                text = answer.text
                # An end that was told: a whole answer, or a stream with its end and no error in it.
                if not streams or ("data: [DONE]" in text and '"error"' not in text):
                    self.acknowledged[name] = answer.headers["x-goclaw-run-id"]


class Ledger:
    """What the model has really used, by the name in the question."""

    def __init__(self):
        self.lock = threading.Lock()
        self.used = {}

    def answer(self, body):
        question = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
        word, name = question.split(" ")[:2]
        has_result = body["messages"][-1]["role"] == "tool"
        with self.lock:
            self.used[name] = self.used.get(name, 0) + 100 + 2 * 10
        if word == "write" and not has_result:
            return {"calls": [("write_file", {"path": f"{name}.txt", "content": "x"})], "pause": 0.002}
        return {"text": f"It is done, {name} says.", "pause": 0.005}


def test_chats_survive(tmp_path):
    gateway = Gateway(tmp_path, SOUK_GATEWAY_TENANT_BUDGET_CENTS="none")
    truth = Ledger()
    gateway.model.script = truth.answer
    gateway.ok(gateway.admin.put("/v1/budgets", json={
        "scope": "agent", "subject": "helper", "period": "month", "limit": "1000",
    }))
    load = Streams(gateway)
    kill_under(load)
    assert load.acknowledged and not load.failures
    # What a dead process has left is settled ten seconds after the restart.
    deadline = time.monotonic() + 10
    while True:
        budget = gateway.ok(gateway.admin.get("/v1/budgets"))["budgets"][0]
        running = gateway.ok(gateway.admin.get("/v1/traces?status=running"))["total"]
        if (budget["reserved"] == 0 and running == 0) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    assert (budget["reserved"], running) == (0, 0)
    runs = {}
    offset = 0
    while True:
        page = gateway.ok(gateway.admin.get(f"/v1/traces?limit=200&offset={offset}"))["traces"]
        runs.update({trace["run_id"]: trace for trace in page})
        offset += 200
        if len(page) < 200:
            break
    lost = [name for name, run in load.acknowledged.items() if runs.get(run, {}).get("status") != "completed"]
    assert lost == []
    # Under one key, an acting tool has run at most once, and one acknowledged write is there.
    spans, costs = {}, {}
    for trace in runs.values():
        name = trace["input_preview"].split(" ")[-1]
        costs[name] = costs.get(name, 0) + trace["total_cost_micros"]
        if trace["tool_call_count"]:
            detail = gateway.ok(gateway.admin.get(f"/v1/traces/{trace['id']}"))
            spans[name] = spans.get(name, 0) + sum(span["tool_name"] == "write_file" for span in detail["spans"])
    assert [name for name, count in spans.items() if count > 1] == []
    cheap = {name: (costs.get(name), used) for name, used in truth.used.items() if costs.get(name, 0) < used}
    assert cheap == {}
    assert budget["spent"] * 1_000_000 >= sum(truth.used.values()) - 0.5
    gateway.verify()
    assert gateway.souk.stop() == 0
