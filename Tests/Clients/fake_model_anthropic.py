"""Points the official `anthropic` package at a model server: what the tests' fake sends must read as an answer of the real servers.

Not a test of its own: the Swift tests start it with the server's address.
"""

import sys

import anthropic

client = anthropic.Anthropic(base_url=sys.argv[1], api_key="sk-ant-test", max_retries=0)


def ask(text, **more):
    return {"model": "fake-1", "max_tokens": 100, "messages": [{"role": "user", "content": text}], **more}


with client.messages.stream(**ask("say one two three")) as stream:
    words = list(stream.text_stream)
    message = stream.get_final_message()
assert len(words) > 1, words
assert "".join(words) == "one two three" == message.content[0].text, words
assert (message.id, message.role, message.stop_reason) == ("msg_fake", "assistant", "end_turn"), message
assert (message.usage.input_tokens, message.usage.output_tokens) == (100, 10), message.usage

tool = {"name": "get_time", "description": "The time", "input_schema": {"type": "object", "properties": {"zone": {"type": "string"}}}}
with client.messages.stream(**ask('call get_time {"zone": "UTC"}', tools=[tool])) as stream:
    message = stream.get_final_message()
use = message.content[0]
assert (use.type, use.name, use.input, message.stop_reason) == ("tool_use", "get_time", {"zone": "UTC"}, "tool_use"), message

result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": use.id, "content": "noon"}]}
history = [{"role": "user", "content": "call get_time"}, {"role": "assistant", "content": [use.model_dump()]}, result]
with client.messages.stream(**ask("", messages=history, tools=[tool])) as stream:
    assert stream.get_final_text() == "The tool says: noon"

for status, error in ((400, anthropic.BadRequestError), (401, anthropic.AuthenticationError), (429, anthropic.RateLimitError), (529, anthropic.APIStatusError)):
    try:
        with client.messages.stream(**ask(f"status {status} because")) as stream:
            stream.get_final_message()
    except error as refused:
        assert refused.status_code == status and "because" in str(refused), refused
    else:
        raise AssertionError(f"{status} was no error")

assert [model.id for model in client.models.list()] == ["fake-1"]
