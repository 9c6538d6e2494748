"""A gateway of its own with a scripted model behind it, for the tests of its clients."""

import json
import threading
import time

import httpx
import openai

from conftest import Host, Souk

MODEL = "m-1"
# Calls of a model that fails too often rest; each test that makes one fail has a model of its own.
MODELS = [MODEL, "m-errors", "m-cut", "m-retry"]
PRICES = [{"model": name, "input": "1", "output": "2", "source": "the test", "as_of": "2026-11-29"} for name in MODELS]


class Model:
    """A model server that speaks OpenAI's format. `script` is a list of turns for each conversation, or a function."""

    def __init__(self):
        self.host = Host(self.answer)
        self.script = lambda body: {"text": "Hello there."}
        self.calls = 0
        self.billed = 0
        self.forced_stream = False
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"{self.host.url}/v1"

    def answer(self, request):
        if request.command == "GET":
            return request.reply(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        body = json.loads(request.body)
        with self.lock:
            self.calls += 1
        turn = self.script(body)
        if "status" in turn:
            return request.reply(turn["status"], {"error": {"message": turn.get("message", "no")}}, **turn.get("headers", {}))
        usage = turn.get("usage", {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110})
        self.seen = body
        if not body.get("stream") and not self.forced_stream:
            return self.whole(request, body, turn, usage)
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        for raw in turn.get("raw", []):
            request.wfile.write(raw)
        for delta in self.deltas(turn):
            self.event(request, {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
            time.sleep(turn.get("pause", 0))
        if turn.get("cut"):
            return
        reason = "tool_calls" if turn.get("calls") else turn.get("finish", "stop")
        self.event(request, {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        if usage:
            self.event(request, {"choices": [], "usage": usage})
            with self.lock:
                self.billed += usage["prompt_tokens"] * 1 + usage["completion_tokens"] * 2
        request.wfile.write(b"data: [DONE]\n\n")

    def whole(self, request, body, turn, usage):
        message = {"role": "assistant", "content": turn.get("text", "")}
        if turn.get("calls"):
            message["tool_calls"] = [
                {"id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
                for index, (name, arguments) in enumerate(turn["calls"])
            ]
        reason = "tool_calls" if turn.get("calls") else "stop"
        choices = [{"index": index, "message": message, "finish_reason": reason} for index in range(body.get("n") or 1)]
        with self.lock:
            self.billed += usage["prompt_tokens"] * 1 + usage["completion_tokens"] * 2
        request.reply(200, {"id": "up-1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": choices,
                            "usage": usage, "system_fingerprint": "fp_up"})

    @staticmethod
    def deltas(turn):
        words = turn.get("text", "").split(" ") if turn.get("text") else []
        for place, word in enumerate(words):
            yield {"content": word if place == 0 else f" {word}"}
        for index, (name, arguments) in enumerate(turn.get("calls", [])):
            yield {"tool_calls": [{"index": index, "id": f"call_{index}_{name}_{time.time_ns()}", "type": "function",
                                   "function": {"name": name, "arguments": ""}}]}
            text = json.dumps(arguments)
            size = max(7, len(text) // 500)
            for start in range(0, len(text), size):
                yield {"tool_calls": [{"index": index, "function": {"arguments": text[start:start + size]}}]}

    def event(self, request, value):
        chunk = {"id": "up-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, **value}
        request.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        request.wfile.flush()


class Gateway:
    def __init__(self, directory, also=(), **settings):
        """`also` names further hosts that providers may be on."""
        self.model = Model()
        self.directory = directory
        origins = {"SOUK_GATEWAY_PROVIDER_ORIGINS": ",".join([self.model.host.url, *also])}
        self.souk = Souk(directory, **{**origins, **settings}).start()
        self.url = f"{self.souk.url}/gateway"
        self.token = open(f"{directory}/gateway-token").read()
        self.admin = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=60)
        provider = self.post("/v1/providers", {
            "name": "up", "provider_type": "openai_compat", "api_base": self.model.url, "default_model": MODEL,
        })
        self.provider = provider["id"]
        self.ok(self.admin.put(f"/v1/providers/{self.provider}/prices", json={"prices": PRICES}))
        self.agent("helper")
        self.ok(self.admin.put("/v1/agents/default", json={"provider": "up", "model": MODEL}))

    @staticmethod
    def ok(answer):
        assert answer.status_code < 300, answer.text
        return answer.json()

    def post(self, path, body, **headers):
        return self.ok(self.admin.post(path, json=body, headers=headers))

    def agent(self, key, **fields):
        fields = {"model": MODEL, "owner_id": "ada", **fields}
        return self.post("/v1/agents", {"agent_key": key, "provider": "up", **fields})

    def key(self, *scopes, **fields):
        fields = {"owner_id": "ada", **fields}
        return self.post("/v1/api-keys", {"name": "k", "scopes": [f"operator.{s}" for s in scopes], **fields})["key"]

    def openai(self, key=None, kind=openai.OpenAI, **fields):
        return kind(base_url=f"{self.url}/v1", api_key=key or self.token, **{"max_retries": 0, **fields})

    def trace(self, run):
        found = self.ok(self.admin.get("/v1/traces?limit=200"))["traces"]
        identity = next(one["id"] for one in found if one["run_id"] == run)
        return self.ok(self.admin.get(f"/v1/traces/{identity}"))

    def verify(self):
        return self.souk.command("verify").stdout


HELLO = [{"role": "user", "content": "Hello"}]
