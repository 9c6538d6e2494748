"""Calls of `provider:<name>/<model>`: a model without an agent, under the gateway's keys and budgets."""

import json

import httpx
import openai
import pytest

from gatewaykit import HELLO, MODEL, Gateway

RELAY = f"provider:up/{MODEL}"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway(tmp_path_factory.mktemp("relay"))
    yield gateway
    gateway.verify()
    assert gateway.souk.stop() == 0


@pytest.fixture
def client(gateway):
    gateway.model.script = lambda body: {"text": "Hello there."}
    return gateway.openai()


def test_an_answer_goes_through_as_it_came(gateway, client):
    raw = client.chat.completions.with_raw_response.create(
        model=RELAY, messages=HELLO, extra_body={"top_k": 5, "chat_template_kwargs": {"b": 1, "a": 1.50}},
    )
    answer = raw.parse()
    assert (answer.id, answer.model, answer.system_fingerprint) == ("up-1", MODEL, "fp_up")
    assert answer.choices[0].message.content == "Hello there."
    # No text and no tools of ours, the client's own members as they were, the limit that the budget needs.
    seen = gateway.model.seen
    assert seen["messages"] == HELLO and "tools" not in seen and "stream" not in seen
    assert list(seen["chat_template_kwargs"]) == ["b", "a"] and seen["top_k"] == 5
    assert seen["model"] == MODEL and seen["max_tokens"] == 4096
    assert raw.headers["x-goclaw-provider"] == "up" and raw.headers["x-goclaw-cost-micros"] == "120"
    assert "x-goclaw-agent-id" not in raw.headers and "x-goclaw-session-key" not in raw.headers
    detail = gateway.trace(raw.headers["x-goclaw-run-id"])
    assert [span["name"] for span in detail["spans"]] == ["relay", f"chat {MODEL}"]
    assert detail["trace"]["agent_id"] is None and detail["trace"]["total_cost_micros"] == 120
    assert detail["trace"]["input_preview"] == "Hello" and detail["trace"]["output_preview"] == "Hello there."


@pytest.mark.parametrize("wants_usage", [False, True])
def test_a_stream_goes_through_and_the_usage_only_where_it_was_asked_for(gateway, client, wants_usage):
    options = {"stream_options": {"include_usage": True}} if wants_usage else {}
    chunks = list(client.chat.completions.create(model=RELAY, messages=HELLO, stream=True, **options))
    assert {chunk.id for chunk in chunks} == {"up-1"}
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello there."
    assert [chunk.usage.total_tokens for chunk in chunks if chunk.usage] == ([110] if wants_usage else [])
    assert gateway.model.seen["stream_options"] == {"include_usage": True}


def test_several_answers_are_bounded_by_their_number(gateway, client):
    key = gateway.key("admin", budget_monthly_cents=1)
    ask = gateway.openai(key).chat.completions.create
    # A cent holds one answer of 4,000 tokens at 2 USD a million, and not two: the limit is lowered to what fits.
    assert len(ask(model=RELAY, messages=HELLO, n=2, max_tokens=4000).choices) == 2
    assert 256 <= gateway.model.seen["max_tokens"] * 2 <= 5000 and gateway.model.seen["n"] == 2
    poor = gateway.openai(gateway.key("admin", budget_monthly_cents=0)).chat.completions.create
    with pytest.raises(openai.RateLimitError) as caught:
        poor(model=RELAY, messages=HELLO, n=2, max_tokens=4000)
    assert caught.value.body["openai_code"] == "insufficient_quota"


@pytest.mark.parametrize("extra", [
    {"web_search_options": {}}, {"prediction": {"type": "content", "content": "x"}}, {"audio": {"voice": "alloy"}},
    {"tools": [{"type": "web_search"}]}, {"plugins": [{"id": "web"}]}, {"models": ["dear/one"]}, {"modalities": ["text", "image"]},
    {"modalities": "audio"}, {"enable_search": True}, {"tools": {"0": {"type": "web_search"}}}, {"functions": [{"type": "web_search"}]},
    {"mcp_servers": []}, {"best_of": 20}, {"extra_body": {}}, {"messages": [{"role": "user", "content": {"type": "file"}}]},
    {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f-1"}}]}]},
    {"messages": [{"role": "user", "content": [{"type": "video_url", "video_url": {"url": "https://example.com/v"}}]}]},
    # The model is on a private address: it is not made to read the network there.
    {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://169.254.169.254/"}}]}]},
])
def test_what_costs_more_than_tokens_is_refused_under_a_budget(gateway, client, extra):
    calls = gateway.model.calls
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=RELAY, messages=extra.get("messages", HELLO), extra_body=extra)
    assert caught.value.body["param"] == next(iter(extra))
    assert gateway.model.calls == calls


def test_a_tier_of_service_is_left_out(gateway, client):
    raw = client.chat.completions.with_raw_response.create(model=RELAY, messages=HELLO, service_tier="priority")
    assert "service_tier" not in gateway.model.seen and raw.headers["x-goclaw-ignored"] == "service_tier"


def test_who_may_relay(gateway, client):
    writer = gateway.openai(gateway.key("write"))
    with pytest.raises(openai.PermissionDeniedError):
        writer.chat.completions.create(model=RELAY, messages=HELLO)
    change = {"settings": {"relay": True}}
    assert gateway.ok(gateway.admin.put(f"/v1/providers/{gateway.provider}", json=change))["settings"]["relay"]
    assert writer.chat.completions.create(model=RELAY, messages=HELLO).choices[0].message.content == "Hello there."
    bound = gateway.openai(gateway.key("write", agents=["helper"]))
    with pytest.raises(openai.PermissionDeniedError):
        bound.chat.completions.create(model=RELAY, messages=HELLO)
    for model in ["provider:other/m", "provider:up", "provider:up/", "provider:"]:
        with pytest.raises(openai.NotFoundError) as caught:
            client.chat.completions.create(model=model, messages=HELLO)
        assert caught.value.body["openai_code"] == "model_not_found"


def test_faults_are_all_named(gateway):
    answer = gateway.admin.post("/v1/chat/completions", json={
        "model": RELAY, "messages": [], "stream": "yes", "n": 0, "max_tokens": 0,
    })
    assert answer.status_code == 400
    fields = [fault["field"] for fault in answer.json()["error"]["details"]]
    assert sorted(fields) == ["max_tokens", "messages", "n", "stream"]


def test_a_model_that_wants_the_limit_by_its_other_name_gets_it(gateway, client):
    """Only what was written into the request is mended; what the client has written itself comes back."""
    gateway.model.script = lambda body: {"text": "By this name."} if "max_completion_tokens" in body else {
        "status": 400, "message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    }
    model = "provider:up/m-errors"
    answer = client.chat.completions.create(model=model, messages=HELLO)
    assert answer.choices[0].message.content == "By this name." and gateway.model.seen["max_completion_tokens"] == 4096
    with pytest.raises(openai.BadRequestError, match="instead"):
        client.chat.completions.create(model=model, messages=HELLO, max_tokens=5)


def test_an_answer_of_another_kind_is_one_clear_refusal(gateway, client):
    calls = gateway.model.calls
    # A stream where a whole answer was asked for: the double's `stream` is what it looks at.
    gateway.model.forced_stream = True
    try:
        with pytest.raises(openai.BadRequestError, match="unasked"):
            client.chat.completions.create(model=RELAY, messages=HELLO)
    finally:
        gateway.model.forced_stream = False
    assert gateway.model.calls == calls + 1


def test_several_answers_of_a_stream_are_not_kept_as_one(gateway, client):
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(
            model=RELAY, messages=HELLO, n=2, stream=True, max_tokens=10, extra_headers={"Idempotency-Key": "two"},
        )


def test_a_failing_model_is_asked_again_and_its_refusal_is_told(gateway, client):
    turns = iter([{"status": 500}, {"text": "At last."}])
    gateway.model.script = lambda body: next(turns)
    assert client.chat.completions.create(model=RELAY, messages=HELLO).choices[0].message.content == "At last."
    gateway.model.script = lambda body: {"status": 400, "message": "logit_bias is out of range"}
    with pytest.raises(openai.BadRequestError, match="out of range"):
        client.chat.completions.create(model=RELAY, messages=HELLO, logit_bias={"1": 1000})


def test_a_repeated_stream_has_the_calls_ids(gateway, client):
    gateway.model.script = lambda body: {"calls": [("look", {"at": "it"})]}
    tools = [{"type": "function", "function": {"name": "look"}}]
    body = {"model": RELAY, "messages": HELLO, "stream": True, "tools": tools}
    headers = {"Authorization": f"Bearer {gateway.token}", "Idempotency-Key": "relay-calls"}
    ids = []
    for _ in range(2):
        text = httpx.post(f"{gateway.url}/v1/chat/completions", json=body, headers=headers).text
        chunks = [json.loads(line[6:]) for line in text.split("\n") if line.startswith("data: {")]
        deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
        ids.append([call["id"] for delta in deltas for call in delta.get("tool_calls", []) if call.get("id")])
    gateway.model.script = lambda body: {"text": "Hello there."}
    assert ids[0] and ids[0] == ids[1], ids


def test_a_provider_that_speaks_otherwise_is_translated(gateway):
    answer = gateway.openai().chat.completions.create(model="provider:echo/echo", messages=HELLO)
    assert answer.choices[0].message.content == "Echo: Hello" and answer.model == "provider:echo/echo"
    assert answer.usage.total_tokens > 0


@pytest.mark.parametrize("stream", [False, True])
def test_the_same_key_asks_once(gateway, client, stream):
    headers = {"Authorization": f"Bearer {gateway.token}", "Idempotency-Key": f"relay-{stream}"}
    body = {"model": RELAY, "messages": HELLO, "stream": stream}
    calls = gateway.model.calls
    first, second = (httpx.post(f"{gateway.url}/v1/chat/completions", json=body, headers=headers) for _ in range(2))
    assert gateway.model.calls == calls + 1 and second.headers["idempotent-replayed"] == "true"
    if stream:
        assert "Hello there." in second.text and '"id":"up-1"' in second.text
        told = [json.loads(line[6:]) for text in (first.text, second.text) for line in text.split("\n") if line.startswith("data: {")]
        assert len({(chunk["id"], chunk["model"], chunk["created"]) for chunk in told}) == 1
    else:
        assert first.text == second.text
