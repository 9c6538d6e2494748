"""The gateway as its clients use it: OpenAI's own package, unchanged, against agents on a scripted model."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest

from gatewaykit import HELLO, MODEL, Gateway

@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway(tmp_path_factory.mktemp("gateway"))
    yield gateway
    gateway.verify()
    assert gateway.souk.stop() == 0


def test_errors_say_in_which_language_they_are(gateway):
    for wanted, language in [("vi;q=0.9,en;q=0.1", "vi"), ("zh-TW", "zh"), ("ja", "ja"), ("*", "en"), ("", "en"), ("fr", "en")]:
        answer = gateway.admin.get("/v1/agents/nobody", headers={"Accept-Language": wanted})
        assert answer.status_code == 404 and answer.headers["content-language"] == language
        assert "Accept-Language" in answer.headers["vary"] and answer.json()["error"]["code"] == "NOT_FOUND"


def test_a_plain_answer(gateway):
    gateway.model.script = lambda body: {"text": "Hello there."}
    answer = gateway.openai().chat.completions.create(model="goclaw:helper", messages=HELLO)
    assert answer.choices[0].message.content == "Hello there."
    assert (answer.object, answer.choices[0].finish_reason, answer.model) == ("chat.completion", "stop", "goclaw:helper")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (100, 10, 110)


def test_tokens_come_one_by_one(gateway):
    gateway.model.script = lambda body: {"text": "one two three four five", "pause": 0.1}
    stream = gateway.openai().chat.completions.create(
        model="goclaw:helper", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    times, words, usages = [], [], []
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            times.append(time.time())
            words.append(chunk.choices[0].delta.content)
        if chunk.usage:
            usages.append(chunk.usage.total_tokens)
    assert words == ["one", " two", " three", " four", " five"]
    assert times[-1] - times[0] > 0.3 and usages == [110]


def test_the_model_uses_tools_and_the_trace_shows_it(gateway):
    def script(body):
        results = [m for m in body["messages"] if m["role"] == "tool"]
        return [
            {"text": "I write.", "calls": [("write_file", {"path": "a/note.txt", "content": "tea: 4 minutes"})]},
            {"calls": [("read_file", {"path": "a/note.txt"})]},
            {"text": f"It says {results[-1]['content'] if results else ''}"},
        ][len(results)]

    gateway.model.script = script
    raw = gateway.openai().chat.completions.with_raw_response.create(model="goclaw:helper", messages=HELLO)
    answer = raw.parse()
    assert answer.choices[0].message.content == "I write.\n\nIt says tea: 4 minutes"
    trace = gateway.trace(raw.headers["X-GoClaw-Run-Id"])
    names = [span["name"] for span in trace["spans"]]
    assert names == [
        "invoke_agent helper", f"chat {MODEL}", "execute_tool write_file", f"chat {MODEL}", "execute_tool read_file", f"chat {MODEL}",
    ]
    # 100 tokens at one dollar and 10 at two, a million, three times.
    assert trace["trace"]["total_cost_micros"] == 360 == sum(s["total_cost_micros"] for s in trace["spans"][1:])
    assert answer.usage.total_tokens == trace["trace"]["total_input_tokens"] + trace["trace"]["total_output_tokens"]
    assert raw.headers["X-GoClaw-Cost-Micros"] == "360"


TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}


@pytest.mark.parametrize("stream", [False, True])
def test_tools_of_the_client(gateway, stream):
    gateway.model.script = lambda body: (
        {"text": "Sunny in both."} if sum(m["role"] == "tool" for m in body["messages"]) == 3
        else {"calls": [("weather", {"city": "Huế"}), ("weather", {"city": "Osaka"})]}
        if sum(m["role"] == "tool" for m in body["messages"]) == 1 else {"calls": [("datetime", {})]}
    )
    client = gateway.openai()
    asked = dict(model="goclaw:helper", messages=HELLO, tools=[TOOL])
    if stream:
        calls, reason = {}, None
        for chunk in client.chat.completions.create(**asked, stream=True):
            for call in (chunk.choices[0].delta.tool_calls or []):
                known = calls.setdefault(call.index, {"id": call.id, "name": call.function.name, "arguments": ""})
                known["arguments"] += call.function.arguments or ""
            reason = chunk.choices[0].finish_reason or reason
        calls = [calls[index] for index in sorted(calls)]
    else:
        choice = client.chat.completions.create(**asked).choices[0]
        reason = choice.finish_reason
        calls = [{"id": c.id, "name": c.function.name, "arguments": c.function.arguments} for c in choice.message.tool_calls]
    assert reason == "tool_calls" and [json.loads(c["arguments"])["city"] for c in calls] == ["Huế", "Osaka"]
    turn = {"role": "assistant", "content": None, "tool_calls": [
        {"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}} for c in calls
    ]}
    results = [{"role": "tool", "tool_call_id": c["id"], "content": "sunny"} for c in calls]
    answer = client.chat.completions.create(model="goclaw:helper", messages=[*HELLO, turn, *results], tools=[TOOL])
    assert answer.choices[0].message.content == "Sunny in both."


def test_the_async_client(gateway):
    gateway.model.script = lambda body: {"text": "So it is."}

    async def ask():
        async with gateway.openai(kind=openai.AsyncOpenAI) as client:
            answers = await asyncio.gather(*[
                client.chat.completions.create(model="goclaw:helper", messages=HELLO) for _ in range(8)
            ])
            stream = await client.chat.completions.create(model="goclaw:helper", messages=HELLO, stream=True)
            text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
            return {answer.choices[0].message.content for answer in answers} | {text}

    assert asyncio.run(ask()) == {"So it is."}


def test_errors_are_the_packages_own(gateway):
    with pytest.raises(openai.AuthenticationError) as error:
        gateway.openai("goclaw_" + "0" * 32).chat.completions.create(model="goclaw:helper", messages=HELLO)
    assert error.value.code is None or error.value.body["openai_code"] == "invalid_api_key"
    assert error.value.body["retryable"] is False and error.value.request_id
    with pytest.raises(openai.NotFoundError) as error:
        gateway.openai().chat.completions.create(model="goclaw:nobody", messages=HELLO)
    assert error.value.body["openai_code"] == "model_not_found"
    with pytest.raises(openai.PermissionDeniedError) as error:
        gateway.openai(gateway.key("read")).chat.completions.create(model="goclaw:helper", messages=HELLO)
    assert error.value.body["details"] == {"required": "operator.write"}
    with pytest.raises(openai.BadRequestError) as error:
        gateway.openai().chat.completions.create(model="goclaw:helper", messages=[])
    assert error.value.param == "messages"
    gateway.agent("failing", model="m-errors")
    for status, kind in [(429, openai.RateLimitError), (401, openai.InternalServerError), (500, openai.InternalServerError)]:
        gateway.model.script = lambda body: {"status": status, "headers": {"Retry_After": "0"}}
        with pytest.raises(kind) as error:
            gateway.openai().chat.completions.create(model="goclaw:failing", messages=HELLO)
        assert error.value.status_code == (429 if status == 429 else 502)
        assert error.value.response.headers["x-should-retry"] == ("false" if status == 401 else "true")
    gateway.model.script = lambda body: {"text": "Hello"}


def test_a_stream_that_breaks_raises(gateway):
    gateway.model.script = lambda body: {"text": "one two three", "cut": True}
    gateway.agent("fragile", model="m-cut")
    with pytest.raises(openai.APIError):
        for _ in gateway.openai().chat.completions.create(model="goclaw:fragile", messages=HELLO, stream=True):
            pass
    gateway.model.script = lambda body: {"text": "Hello"}


def test_a_failed_call_is_tried_again(gateway):
    turns = iter([{"status": 500}, {"status": 429, "headers": {"Retry_After": "0"}}, {"text": "At last."}])
    gateway.model.script = lambda body: next(turns)
    gateway.agent("patient", model="m-retry")
    answer = gateway.openai().chat.completions.create(model="goclaw:patient", messages=HELLO)
    assert answer.choices[0].message.content == "At last."


def test_a_session_goes_on(gateway):
    heard = []

    def script(body):
        heard.append([m["content"] for m in body["messages"] if m["role"] != "system"])
        return {"text": f"Answer {len(heard)}."}

    gateway.model.script = script
    client = gateway.openai(default_headers={"X-GoClaw-Session-Key": "tea", "X-GoClaw-User-Id": "ada"})
    for text in ["First", "Second"]:
        client.chat.completions.create(model="goclaw:default", messages=[{"role": "user", "content": text}])
    assert heard == [["First"], ["First", "Answer 1.", "Second"]]
    other = gateway.openai(default_headers={"X-GoClaw-Session-Key": "tea", "X-GoClaw-User-Id": "eve"})
    # Everybody may use the default agent, and nobody somebody else's session with it.
    gateway.ok(gateway.admin.patch("/v1/sessions/agent:default:tea", json={"label": "Tea"}))
    other.chat.completions.create(model="goclaw:default", messages=HELLO, extra_headers={"X-GoClaw-Session-Key": "coffee"})
    with pytest.raises(openai.NotFoundError):
        other.chat.completions.create(model="goclaw:default", messages=HELLO)


def test_never_a_micro_over(gateway):
    """256 at once on a budget for 100: as many as fit are answered, and the budget is never exceeded."""
    # Bound and cost are alike: the model counts what was reserved.
    agent = gateway.agent("thrifty", max_tokens=300, other_config={"clamp_output": False})
    gateway.ok(gateway.admin.put("/v1/budgets", json={"scope": "agent", "subject": agent["id"], "period": "month", "limit": "0.05"}))
    gateway.model.script = lambda body: {
        "text": "Yes.", "usage": {"prompt_tokens": 100, "completion_tokens": 200, "total_tokens": 300}
    }
    key = gateway.key("write")

    def ask(_):
        return httpx.post(
            f"{gateway.url}/v1/chat/completions", headers={"Authorization": f"Bearer {key}"}, timeout=120,
            json={"model": "goclaw:thrifty", "messages": HELLO},
        ).status_code

    with ThreadPoolExecutor(64) as pool:
        statuses = list(pool.map(ask, range(256)))
    assert set(statuses) == {200, 429}
    budget = next(b for b in gateway.ok(gateway.admin.get("/v1/budgets"))["budgets"] if b["subject"] == agent["id"])
    spent = round(budget["spent"] * 1_000_000)
    assert spent == 500 * statuses.count(200) <= 50_000 and budget["reserved"] == 0
    # One by one, what is left is used until one more bound does not fit.
    while ask(0) == 200:
        spent += 500
    assert spent <= 50_000
    refusal = gateway.admin.post("/v1/chat/completions", json={"model": "goclaw:thrifty", "messages": HELLO}).json()["error"]
    assert refusal["openai_code"] == "insufficient_quota" and refusal["retryable"] is False
    needed, free = (round(refusal["details"][name] * 1_000_000) for name in ("needed", "limit"))
    assert needed > free - spent


def test_one_session_takes_turns(gateway):
    order, running = [], []

    def script(body):
        running.append(1)
        assert len(running) == 1, "two runs of a session at once"
        time.sleep(0.02)
        running.pop()
        order.append(body["messages"][-1]["content"])
        return {"text": "Yes."}

    gateway.model.script = script
    client = gateway.openai(default_headers={"X-GoClaw-Session-Key": "queue", "X-GoClaw-User-Id": "ada"})

    def ask(number):
        return client.chat.completions.create(model="goclaw:helper", messages=[{"role": "user", "content": f"{number}"}])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert sorted(order) == [f"{n}" for n in range(8)]


def test_revoking_a_key_ends_its_streams(gateway):
    gateway.model.script = lambda body: {"text": " ".join(["word"] * 200), "pause": 0.05}
    made = gateway.post("/v1/api-keys", {"name": "k", "scopes": ["operator.write"], "owner_id": "ada"})
    client = gateway.openai(made["key"])
    stream = client.chat.completions.create(model="goclaw:helper", messages=HELLO, stream=True)
    next(iter(stream))
    gateway.ok(gateway.admin.delete(f"/v1/api-keys/{made['id']}"))
    began = time.time()
    with pytest.raises(openai.APIError):
        for _ in stream:
            pass
    assert time.time() - began < 1.5
    gateway.model.script = lambda body: {"text": "Hello"}


def test_a_client_that_leaves_cancels_its_run(gateway):
    gateway.model.script = lambda body: {"text": " ".join(["word"] * 200), "pause": 0.05}
    with httpx.stream(
        "POST", f"{gateway.url}/v1/chat/completions", headers={"Authorization": f"Bearer {gateway.token}"},
        json={"model": "goclaw:helper", "messages": HELLO, "stream": True}, timeout=30,
    ) as answer:
        run = answer.headers["X-GoClaw-Run-Id"]
        next(answer.iter_bytes())
    for _ in range(40):
        trace = gateway.trace(run)["trace"]
        if trace["status"] != "running":
            break
        time.sleep(0.1)
    assert (trace["status"], trace["stop_reason"]) == ("cancelled", "client_disconnected")
    assert trace["is_estimated"] and trace["total_cost_micros"] > 0
    gateway.model.script = lambda body: {"text": "Hello"}


def test_a_wake_outlives_its_caller(gateway):
    gateway.model.script = lambda body: {"text": "Done at last.", "pause": 0.3}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{gateway.url}/v1/agents/helper/wake", headers={"Authorization": f"Bearer {gateway.token}"},
            json={"message": "Do it", "session_key": "late"}, timeout=0.4,
        )
    for _ in range(60):
        session = gateway.admin.get("/v1/sessions/agent:helper:late")
        if session.status_code == 200 and len(session.json()["messages"]) == 2:
            break
        time.sleep(0.1)
    assert session.json()["messages"][1]["content"] == "Done at last."
    waited = gateway.post("/v1/agents/helper/wake", {"message": "Again", "metadata": {"job": 7}})
    assert (waited["content"], waited["status"]) == ("Done at last.", "completed")

def test_recommending_with_an_account_of_the_network(gateway):
    """Tracked links only through a linked account, never without the label; the account takes the link back with its key."""
    souk = gateway.souk
    operator, advertiser, agent = (souk.key(role, f"net-{role}", surface="affiliate") for role in ("operator", "advertiser", "agent"))

    def act(key, action, **params):
        answer = httpx.post(f"{souk.url}/affiliate/api/mcp.php", json={"action": action, "params": params},
                            headers={"Authorization": f"Bearer {key}"}).json()
        assert answer.get("success"), answer
        return answer["data"]

    program = httpx.post(f"{souk.url}/affiliate/api/v1/programs", headers={"Authorization": f"Bearer {advertiser}"}, json={
        "name": "Tea club", "description": "Green tea by post", "landing_url": "https://tea.example.com/", "category_id": 1,
        "reward_type": "cpa", "reward_amount": 500, "auto_approve": True, "status": "active",
    })
    assert program.status_code < 300, program.text
    partnership = act(agent, "publisher.partnerships_apply", program_id=program.json()["data"]["program_id"])
    code = act(agent, "publisher.links_generate", partnership_id=partnership["partnership_id"])["tracking_code"]

    def script(body):
        results = [m["content"] for m in body["messages"] if m["role"] == "tool"]
        if not results:
            return {"calls": [("affiliate_recommend", {"query": "green tea"})]}
        links = [line.split()[1] for line in results[-1].split("\n") if line.startswith("link: ")]
        return {"text": f"Try {links[0]}" if links else results[-1]}

    gateway.model.script = script

    def ask(**fields):
        return gateway.openai().chat.completions.create(model="goclaw:promoter", messages=HELLO, **fields)

    gateway.agent("promoter", tools_config={"profile": "full"})
    assert "linked to no account" in ask().choices[0].message.content
    path = "/v1/agents/promoter/affiliate"
    wrong = gateway.admin.put(path, json={"key": advertiser})
    assert wrong.status_code == 400 and wrong.json()["error"]["details"][0]["field"] == "key", wrong.text
    gateway.ok(gateway.admin.put(path, json={"key": agent}))
    text = ask().choices[0].message.content
    assert f"/affiliate/t/{code}" in text and text.endswith("Advertisement (PR)")
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in ask(stream=True) if chunk.choices)
    assert streamed == text
    for name in ("souk.sqlite", "souk.sqlite-wal"):
        assert agent.encode() not in open(f"{gateway.directory}/{name}", "rb").read()
    account = httpx.Client(base_url=f"{souk.url}/affiliate/api/v1", headers={"Authorization": f"Bearer {agent}"})
    own = gateway.ok(account.get("/keys"))["data"]["keys"][0]["id"]
    gateway.ok(account.post(f"/keys/{own}/revoke"))
    assert "taken its link back" in ask().choices[0].message.content
    gateway.ok(gateway.admin.delete(path))


def test_nothing_of_another_tenant(gateway):
    """A second tenant's key gets 404 for everything of the first by its id, and its lists hold nothing of it."""
    gateway.model.script = lambda body: {"text": "Ours."}
    raw = gateway.openai().chat.completions.with_raw_response.create(
        model="goclaw:helper", messages=HELLO, extra_headers={"X-GoClaw-Session-Key": "secret-plan"}
    )
    session = raw.headers["X-GoClaw-Session-Key"]
    trace = gateway.trace(raw.headers["X-GoClaw-Run-Id"])["trace"]["id"]
    agent = gateway.ok(gateway.admin.get("/v1/agents/helper"))["id"]
    gateway.key("read")
    identity = gateway.ok(gateway.admin.get("/v1/api-keys"))[0]["id"]
    other = gateway.post("/v1/tenants", {"slug": "other", "name": "Other"})
    theirs = gateway.ok(gateway.admin.post("/v1/api-keys", headers={"X-GoClaw-Tenant-Id": "other"}, json={
        "name": "k", "owner_id": "eve", "scopes": ["operator.admin"],
    }))["key"]
    eve = httpx.Client(base_url=gateway.url, headers={"Authorization": f"Bearer {theirs}"}, timeout=60)
    assert other["slug"] == "other"
    for path in (
        f"/v1/agents/{agent}", "/v1/agents/helper", f"/v1/providers/{gateway.provider}", f"/v1/providers/{gateway.provider}/models",
        f"/v1/providers/{gateway.provider}/prices", f"/v1/traces/{trace}", f"/v1/sessions/{session}",
    ):
        answer = eve.get(path)
        assert answer.status_code == 404, (path, answer.status_code, answer.text)
    for path in (f"/v1/agents/{agent}", f"/v1/providers/{gateway.provider}", f"/v1/sessions/{session}", f"/v1/api-keys/{identity}"):
        assert eve.delete(path).status_code == 404, path
    assert eve.put(f"/v1/agents/{agent}", json={"display_name": "Mine"}).status_code == 404
    assert eve.post(f"/v1/api-keys/{identity}/revoke").status_code == 404
    assert eve.post(f"/v1/runs/{raw.headers['X-GoClaw-Run-Id']}/cancel").status_code == 404
    assert eve.post("/v1/tools/invoke", json={"tool": "datetime", "agentId": agent}).status_code == 404
    assert eve.post("/v1/chat/completions", json={"model": f"goclaw:{agent}", "messages": HELLO}).status_code == 404
    for path, member in (("/v1/traces", "traces"), ("/v1/sessions", "sessions"), ("/v1/providers", "providers"), ("/v1/agents", "agents")):
        text = json.dumps(gateway.ok(eve.get(path))[member])
        assert gateway.provider not in text and agent not in text and session not in text, path
    assert gateway.ok(eve.get("/v1/usage"))["total"]["request_count"] == 0
    assert agent not in eve.get("/v1/activity").text
    assert identity not in eve.get("/v1/api-keys").text

def test_a_repeated_key_gives_the_first_answer(gateway):
    """One run for 64 callers with one key; the same object again, whole or as a stream; another body is refused."""
    gateway.model.script = lambda body: {"text": "Once only.", "pause": 0.05}
    before = gateway.model.calls
    body = {"model": "goclaw:helper", "messages": HELLO}

    def ask(_):
        return gateway.admin.post("/v1/chat/completions", json=body, headers={"Idempotency-Key": "first"})

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(ask, range(64)))
    assert gateway.model.calls - before == 1
    assert sorted({a.status_code for a in answers}) in ([200], [200, 409])
    running = [a for a in answers if a.status_code == 409]
    assert all(a.json()["error"]["retryable"] for a in running)
    again = ask(0)
    assert again.headers["Idempotent-Replayed"] == "true" and again.json() == next(a for a in answers if a.status_code == 200).json()
    assert gateway.admin.post("/v1/chat/completions", json={**body, "user": "x"}, headers={"Idempotency-Key": "first"}).status_code == 422
    streams = [
        gateway.admin.post("/v1/chat/completions", json={**body, "stream": True}, headers={"Idempotency-Key": "second"}).text
        for _ in range(2)
    ]
    texts = ["".join(json.loads(line[6:])["choices"][0]["delta"].get("content") or "" for line in text.splitlines()
                     if line.startswith("data: {") and json.loads(line[6:])["choices"]) for text in streams]
    assert texts == ["Once only.", "Once only."] and gateway.model.calls - before == 2
    wakes = [gateway.post("/v1/agents/helper/wake", {"message": "Hi"}, **{"Idempotency-Key": "third"}) for _ in range(2)]
    assert wakes[0] == wakes[1] and gateway.model.calls - before == 3


def test_hostile_answers_of_a_model(gateway):
    """Nothing a model server says ends the process, costs what was not used, or tells its key to a user."""
    same = [{"index": i, "id": "same", "type": "function", "function": {"name": "datetime", "arguments": "{}"}} for i in range(3)]

    def lines(*values):
        return [f"data: {json.dumps(v)}\n\n".encode() for v in values]

    def script(body):
        if any(m["role"] == "tool" for m in body["messages"]):
            return {"text": "It is late."}
        return {"raw": lines({"choices": [{"index": 0, "delta": {"tool_calls": same}, "finish_reason": None}]}), "calls": [("datetime", {})]}

    gateway.model.script = script
    answer = gateway.openai().chat.completions.create(model="goclaw:helper", messages=HELLO)
    assert answer.choices[0].message.content == "It is late."
    # The 33rd call of a turn is refused; errors of a stream are in the client's language.
    def many(body):
        results = [m["content"] for m in body["messages"] if m["role"] == "tool"]
        return {"text": f"{sum('32 calls' in r for r in results)} of {len(results)}"} if results else {"calls": [("list_files", {})] * 40}

    gateway.model.script = many
    gateway.agent("many", tools_config={"profile": "safe", "parallel": 16})
    assert gateway.openai().chat.completions.create(model="goclaw:many", messages=HELLO).choices[0].message.content == "8 of 40"
    low = -9223372036854775808
    for usage in ({"prompt_tokens": low, "completion_tokens": 1, "total_tokens": 1}, {"prompt_tokens": 1, "completion_tokens": low, "total_tokens": low},
                  {"prompt_tokens": 5, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": low}}):
        gateway.model.script = lambda body, usage=usage: {"text": "Fine.", "usage": usage | {"total_tokens": usage.get("total_tokens", 0)}}
        assert gateway.openai().chat.completions.create(model="goclaw:helper", messages=HELLO).choices[0].message.content == "Fine."
    # What came before an error of the stream was said: nothing is repeated.
    gateway.agent("breaking", model="m-cut")
    calls = gateway.model.calls
    both = lines({"choices": [{"index": 0, "delta": {"content": "part"}, "finish_reason": None}]}, {"error": {"message": "no more"}})
    gateway.model.script = lambda body: {"raw": [b"".join(both)], "cut": True}
    with pytest.raises(openai.APIError):
        gateway.openai().chat.completions.create(model="goclaw:breaking", messages=HELLO)
    assert gateway.model.calls == calls + 1
    secret = "sk-verysecretkey1234567890"
    gateway.ok(gateway.admin.put(f"/v1/providers/{gateway.provider}", json={"api_key": secret}))
    gateway.model.script = lambda body: {"status": 400, "message": f"wrong, and your key is Bearer {secret}"}
    for key, is_told in ((gateway.key("write"), False), (None, True)):
        with pytest.raises(openai.BadRequestError) as refused:
            gateway.openai(key).chat.completions.create(model="goclaw:helper", messages=HELLO)
        assert secret not in str(refused.value) and ("wrong" in str(refused.value)) == is_told
    text = json.dumps({"content": " ".join("a" * 20000 + "://" for _ in range(8))})
    gateway.model.script = lambda body: (
        {"text": "Kept."} if any(m["role"] == "tool" for m in body["messages"]) else {"calls": [("write_file", {"path": "a.txt", "content": text})]}
    )
    begun = time.monotonic()
    gateway.openai().chat.completions.create(model="goclaw:helper", messages=HELLO)
    assert time.monotonic() - begun < 20


def test_what_a_key_makes_has_at_most_its_budget(gateway):
    """And a budget names somebody who is there."""
    maker = gateway.key("admin", owner_id="boss", budget_monthly_cents=100)
    boss = httpx.Client(base_url=gateway.url, headers={"Authorization": f"Bearer {maker}"}, timeout=60)
    assert boss.post("/v1/api-keys", json={"name": "x", "scopes": ["operator.write"], "budget_monthly_cents": 1000}).status_code == 403
    made = gateway.ok(boss.post("/v1/api-keys", json={"name": "x", "scopes": ["operator.write"]}))
    rows = {row["subject"]: row for row in gateway.ok(gateway.admin.get("/v1/budgets"))["budgets"]}
    assert rows[made["id"]]["limit"] == 1
    for scope, subject in (("agent", "nope"), ("key", "zz"), ("agent_user", "nope ada"), ("user", "u" * 400)):
        answer = gateway.admin.put("/v1/budgets", json={"scope": scope, "subject": subject, "period": "day", "limit": "1"})
        assert answer.status_code in (400, 404), (scope, answer.text)
    doubled = b'{"name":"d","scopes":["operator.read"],"scopes":["operator.admin"]}'
    assert gateway.admin.post("/v1/api-keys", content=doubled).status_code == 400


def test_a_detached_run_goes_on(gateway):
    gateway.model.script = lambda body: {"text": "one two three four five six", "pause": 0.2}
    body = {"model": "goclaw:helper", "messages": HELLO, "stream": True}
    with gateway.admin.stream("POST", "/v1/chat/completions", json=body, headers={"X-GoClaw-Detach": "true"}) as answer:
        run = answer.headers["X-GoClaw-Run-Id"]
        next(answer.iter_lines())
    for _ in range(50):
        trace = gateway.trace(run)["trace"]
        if trace["status"] != "running":
            break
        time.sleep(0.1)
    assert trace["status"] == "completed", trace
    assert "six" in trace["output_preview"]


def test_the_books_agree(gateway):
    """What the model counted, what was booked, and what is reported."""
    report = gateway.ok(gateway.admin.get("/v1/usage?group_by=model"))
    whole = report["total"]["total_cost_micros"]
    assert whole == sum(point["total_cost_micros"] for point in report["points"])
    assert whole >= gateway.model.billed
    out = json.loads(gateway.souk.command("verify", "--json").stdout)
    assert out.get("differences", []) == [], out


@pytest.mark.parametrize("stream", [False, True])
def test_what_the_package_sends_again_joins_the_run_that_is_under_way(gateway, stream):
    def script(body):
        time.sleep(3)
        return {"text": "Once."}

    gateway.model.script = script
    calls = gateway.model.calls
    body = {"model": "agent:helper", "messages": HELLO, "stream": stream}

    def ask(count, patience=30):
        headers = {"Authorization": f"Bearer {gateway.token}", "x-stainless-retry-count": str(count)}
        try:
            return httpx.post(f"{gateway.url}/v1/chat/completions", json=body, headers=headers, timeout=patience)
        except httpx.ReadTimeout:
            return None

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, 0, 2)
        time.sleep(0.6)
        second = pool.submit(ask, 1)
        # The first hangs up while the second waits: the run goes on for it.
        assert first.result() is None
        assert "Once." in second.result().text and gateway.model.calls == calls + 1
        # Without the package's count, the same request is another one.
        both = [pool.submit(ask, 0) for _ in range(2)]
        runs = {one.result().headers["x-goclaw-run-id"] for one in both}
    assert len(runs) == 2 and gateway.model.calls == calls + 3
    # Who hangs up before anybody has joined, cancels.
    assert ask(0, 1) is None
    time.sleep(1)
    assert ask(1).status_code == 200 and gateway.model.calls == calls + 5


def test_a_posting_leads_to_its_trace_and_back(gateway):
    gateway.model.script = lambda body: {"text": "Why not."}
    key = gateway.key("write", budget_monthly_cents=500)
    raw = gateway.openai(key).chat.completions.with_raw_response.create(model="agent:helper", messages=HELLO)
    cost = int(raw.headers["x-goclaw-cost-micros"])
    trace = raw.headers["x-goclaw-trace-id"]
    mine = httpx.Client(base_url=gateway.url, headers={"Authorization": f"Bearer {key}"})
    budget = next(b for b in gateway.ok(mine.get("/v1/budgets"))["budgets"] if b["scope"] == "key")
    booked, given = gateway.ok(mine.get(f"/v1/budgets/{budget['id']}/postings"))["postings"]
    assert (booked["kind"], booked["posted_micros"], booked["trace_id"]) == ("model_call", cost, trace)
    assert given["kind"] == "limit" and given["trace_id"] is None
    # The trace names every budget to admins, and to others those that are theirs.
    every = gateway.ok(gateway.admin.get(f"/v1/traces/{trace}/postings"))["postings"]
    assert {one["scope"] for one in every} == {"tenant", "key"} and {one["posted_micros"] for one in every} == {cost}
    own = gateway.ok(mine.get(f"/v1/traces/{trace}/postings"))["postings"]
    assert [one["reference"] for one in own] == [booked["reference"]]
    assert booked["span_id"] in [span["id"] for span in gateway.trace(raw.headers["x-goclaw-run-id"])["spans"]]
    tenants = next(b for b in gateway.ok(gateway.admin.get("/v1/budgets"))["budgets"] if b["scope"] == "tenant")
    assert mine.get(f"/v1/budgets/{tenants['id']}/postings").status_code == 404
    assert mine.get(f"/v1/budgets/{budget['id']}/postings?cursor=x").status_code == 400
    for page in [f"/budgets/{budget['id']}", f"/traces/{trace}"]:
        assert httpx.get(gateway.url + page).status_code in (303, 401, 403)


def test_a_body_is_judged_by_what_it_can_be_read_as(gateway):
    body = json.dumps({"messages": HELLO}).encode()
    for kind, status in [("text/plain", 200), ("application/json; charset=utf-16", 200), ("multipart/form-data; boundary=x", 415)]:
        answer = gateway.admin.post("/v1/chat/completions", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, answer.text
    for bad in [b"--x\r\n\r\n", b'{"messages":"\xff"}', b"[" * 100_000, b'{"a":1,"a":2}', b""]:
        assert gateway.admin.post("/v1/chat/completions", content=bad).status_code == 400
    assert gateway.admin.get("/v1/agents?search=%ff").status_code == 400
    assert gateway.admin.get("/v1/agents/%ff").status_code in (400, 404)


def test_faults_of_a_chat_are_named_together(gateway):
    answer = gateway.admin.post("/v1/chat/completions", json={
        "messages": HELLO, "temperature": 3, "stop": ["a"] * 5, "stream_options": {"include_usage": "yes"},
        "response_format": {"type": "json_schema", "json_schema": {"schema": 1}}, "tools": "x", "tool_choice": 1,
        "metadata": {"a": 1}, "store": "true", "stream": "true",
    })
    fields = {fault["field"] for fault in answer.json()["error"]["details"]}
    assert answer.status_code == 400 and fields == {
        "temperature", "stop", "stream_options.include_usage", "response_format.json_schema.name",
        "response_format.json_schema.schema", "tools", "tool_choice", "metadata", "store", "stream",
    }
    choice = {"type": "function", "function": {"name": "nobody"}}
    answer = gateway.admin.post("/v1/chat/completions", json={"messages": HELLO, "tool_choice": choice})
    assert answer.json()["error"]["param"] == "tool_choice"


def test_who_is_named_twice_or_badly_is_refused_and_who_is_named_in_vain_is_written_down(gateway):
    bad = [b"", b"system", b"key:1", b"agent:x", b"gateway:x", b"a\xe2\x80\xaeb", b"\xff\xfe", b"x" * 256]
    for name in bad:
        headers = [(b"Authorization", f"Bearer {gateway.token}".encode()), (b"X-GoClaw-User-Id", name)]
        assert httpx.get(f"{gateway.url}/v1/agents", headers=headers).status_code == 400, name
    headers = [("Authorization", f"Bearer {gateway.token}"), ("X-GoClaw-User-Id", "a"), ("X-GoClaw-User-Id", "b")]
    assert httpx.get(f"{gateway.url}/v1/agents", headers=headers).status_code == 400
    mine = httpx.Client(headers={"Authorization": f"Bearer {gateway.key('write')}", "X-GoClaw-User-Id": "bob"})
    made = mine.post(f"{gateway.url}/v1/agents", json={"agent_key": "vain"})
    assert made.status_code == 403 or made.json()["owner_id"] == "ada"
    mine = httpx.Client(headers={"Authorization": f"Bearer {gateway.key('provision', 'write')}", "X-GoClaw-User-Id": "bob"})
    assert gateway.ok(mine.post(f"{gateway.url}/v1/agents", json={"agent_key": "vain2"}))["owner_id"] == "ada"
    log = gateway.ok(gateway.admin.get("/v1/activity?action=agent.created"))["logs"][0]
    assert log["details"]["ignored_user_id"] == "bob"


def test_a_renamed_agent_stays_in_the_keys_that_are_limited_to_it(gateway):
    gateway.model.script = lambda body: {"text": "Me."}
    gateway.agent("old-name")
    key = gateway.openai(gateway.key("write", agents=["old-name"]))
    gateway.ok(gateway.admin.put("/v1/agents/old-name", json={"agent_key": "new-name"}))
    assert key.chat.completions.create(model="agent:new-name", messages=HELLO).choices[0].message.content == "Me."


def test_the_console_opens_tenants(gateway):
    made = json.loads(gateway.souk.command("gateway", "tenants", "create", "north", "--name", "North").stdout)
    assert made["slug"] == "north" and made["name"] == "North"
    assert "north" in gateway.souk.command("gateway", "tenants").stdout
    answer = gateway.admin.get("/v1/agents", headers={"X-GoClaw-Tenant-Id": "north", "X-GoClaw-User-Id": "ada"})
    assert [agent["agent_key"] for agent in gateway.ok(answer)["agents"]] == ["default"]
    assert gateway.souk.command("gateway", "tenants", "create", "North!", check=False).returncode != 0


def test_a_call_of_a_tool_makes_no_session(gateway):
    before = gateway.ok(gateway.admin.get("/v1/sessions"))["total"]
    gateway.post("/v1/tools/invoke", {"tool": "datetime", "agentId": "helper"})
    assert gateway.ok(gateway.admin.get("/v1/sessions"))["total"] == before
    trace = gateway.ok(gateway.admin.get("/v1/traces?limit=1"))["traces"][0]
    assert trace["name"] == "invoke_tool helper" and trace["session_key"] == ""


def test_a_server_that_ends_says_so_and_finishes_what_it_has_begun(tmp_path):
    own = Gateway(tmp_path)
    own.model.script = lambda body: {"text": "one two three four five six", "pause": 0.3}
    kept = httpx.Client(base_url=own.url)
    assert kept.get("/health").json() == {"status": "ok", "protocol": 3}
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(own.openai().chat.completions.create, model="agent:helper", messages=HELLO)
        time.sleep(0.5)
        own.souk.process.terminate()
        time.sleep(0.3)
        health = kept.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "draining")
        assert answer.result().choices[0].message.content == "one two three four five six"
    assert own.souk.process.wait(30) == 0


@pytest.mark.parametrize("path, list_", [("/v1/traces", "traces"), ("/v1/activity", "logs"), ("/v1/sessions", "sessions")])
def test_lists_go_on_where_a_page_has_ended(gateway, path, list_):
    gateway.model.script = lambda body: {"text": "One more."}
    whole = gateway.ok(gateway.admin.get(f"{path}?limit=200"))[list_]
    seen, cursor = [], ""
    while cursor is not None:
        page = gateway.ok(gateway.admin.get(f"{path}?limit=7{cursor and f'&cursor={cursor}'}"))
        seen += page[list_]
        cursor = page["next_cursor"]
        if len(seen) == 7:
            # What comes meanwhile moves nothing.
            gateway.openai().chat.completions.create(model="agent:helper", messages=HELLO)
    assert [one["id"] for one in seen] == [one["id"] for one in whole]
    assert gateway.admin.get(f"{path}?cursor=nonsense").status_code == 400
