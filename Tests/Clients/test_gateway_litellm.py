"""LiteLLM as a client of the gateway, and its proxy as a provider behind it. It lives in an environment of its own, for it brings other versions along."""

import json
import os
import subprocess
import time

import httpx
import pytest
from conftest import ROOT, free_port
from gatewaykit import HELLO, MODEL, Gateway

LITELLM = os.path.join(ROOT, ".venv-litellm/bin")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway(tmp_path_factory.mktemp("litellm"))
    gateway.model.script = lambda body: {"text": "Hello there."}
    yield gateway
    gateway.verify()
    assert gateway.souk.stop() == 0


CLIENT = """
import json, sys
import litellm
url, key, messages = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
common = {"model": "openai/agent:helper", "api_base": url, "api_key": key, "messages": messages, "num_retries": 0}
answer = litellm.completion(**common)
chunks = list(litellm.completion(stream=True, stream_options={"include_usage": True}, **common))
tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
try:
    litellm.completion(**{**common, "model": "openai/goclaw:nobody"})
    failure = None
except litellm.NotFoundError as error:
    failure = error.status_code
print(json.dumps({
    "text": answer.choices[0].message.content, "total": answer.usage.total_tokens,
    "stream": "".join(c.choices[0].delta.content or "" for c in chunks if c.choices), "failure": failure,
}))
"""


def test_as_a_client(gateway):
    run = subprocess.run(
        [f"{LITELLM}/python", "-c", CLIENT, f"{gateway.url}/v1", gateway.key("write"), json.dumps(HELLO)],
        capture_output=True, text=True, timeout=120,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told = json.loads(run.stdout.splitlines()[-1])
    assert told == {"text": "Hello there.", "total": 110, "stream": "Hello there.", "failure": 404}


def test_its_proxy_as_a_provider(tmp_path):
    """A chat goes through the gateway, LiteLLM's proxy and back, in a stream and with a tool of the gateway's own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    gateway = Gateway(tmp_path, SOUK_GATEWAY_PROVIDER_ORIGINS="http://127.0.0.1:*")
    config = tmp_path / "litellm.yaml"
    config.write_text(json.dumps({
        "model_list": [{
            "model_name": "through", "litellm_params": {"model": f"openai/{MODEL}", "api_base": gateway.model.url, "api_key": "x"},
        }],
        "general_settings": {"master_key": "sk-proxy"},
    }))
    log = open(tmp_path / "litellm.log", "w")
    proxy = subprocess.Popen([f"{LITELLM}/litellm", "--config", config, "--port", str(port), "--host", "127.0.0.1"], stdout=log, stderr=log)
    try:
        for _ in range(240):
            try:
                httpx.get(f"{url}/health/liveliness").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.5)
        provider = gateway.post("/v1/providers", {
            "name": "proxy", "provider_type": "openai_compat", "api_base": f"{url}/v1", "api_key": "sk-proxy", "default_model": "through",
            "settings": {"unpriced": "free"},
        })
        assert gateway.post(f"/v1/providers/{provider['id']}/verify", {})["ok"]
        assert gateway.ok(gateway.admin.get(f"/v1/providers/{provider['id']}/models")) is not None
        gateway.post("/v1/agents", {"agent_key": "far", "provider": "proxy", "owner_id": "ada"})
        calls = [{"calls": [("write_file", {"path": "a.txt", "content": "x"})]}, {"text": "It is written."}]
        gateway.model.script = lambda body: calls[1] if body["messages"][-1]["role"] == "tool" else calls[0]
        stream = gateway.openai().chat.completions.create(
            model="agent:far", messages=HELLO, stream=True, stream_options={"include_usage": True},
        )
        chunks = list(stream)
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "It is written."
        assert chunks[-1].usage.total_tokens > 0
        answer = gateway.openai().chat.completions.create(model="provider:proxy/through", messages=HELLO, max_tokens=50)
        assert answer.choices[0].message.tool_calls[0].function.name == "write_file"
    finally:
        proxy.terminate()
        proxy.wait(30)
        gateway.verify()
        assert gateway.souk.stop() == 0
