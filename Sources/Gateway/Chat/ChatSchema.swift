import Kernel
import Web

/// What the reference says of a chat request.
enum ChatSchema {
    static let request: JSONValue = [
        "type": "object", "required": ["messages"],
        "properties": [
            "model": [
                "type": "string",
                "description":
                    "`goclaw:<agent>` or `agent:<agent>`; anything else means the header's agent, or the default one",
            ],
            "messages": [
                "type": "array", "minItems": 1, "maxItems": .int(ChatReader.messageLimit),
                "items": [
                    "type": "object", "required": ["role"],
                    "properties": [
                        "role": [
                            "type": "string", "enum": ["system", "developer", "user", "assistant", "tool", "function"],
                        ],
                        "content": ["description": "A text, or a list of parts"], "name": ["type": "string"],
                        "tool_calls": ["type": ["array", "null"], "items": ["type": "object"]],
                        "tool_call_id": ["type": "string"],
                    ],
                ],
            ], "stream": ["type": ["boolean", "null"]],
            "stream_options": ["type": ["object", "null"], "properties": ["include_usage": ["type": "boolean"]]],
            "user": ["type": ["string", "null"], "maxLength": 255], "temperature": ["type": ["number", "null"]],
            "top_p": ["type": ["number", "null"]], "max_completion_tokens": ["type": ["integer", "null"]],
            "max_tokens": ["type": ["integer", "null"]], "seed": ["type": ["integer", "null"]],
            "stop": ["description": "A text, or up to four"],
            "tools": ["type": ["array", "null"], "items": ["type": "object"]],
            "tool_choice": ["description": "auto, none, required, or a tool by name"],
            "parallel_tool_calls": ["type": ["boolean", "null"]], "response_format": ["type": ["object", "null"]],
            "reasoning_effort": ["type": ["string", "null"]], "metadata": ["type": ["object", "null"]],
            "store": ["type": ["boolean", "null"]],
        ],
    ]

    /// What is read, what is known to have no effect here, and what is refused by its name.
    static let known = KnownNames(
        [],
        schema: ChatSchema.request,
        also: ChatRequest.withoutEffect + ["n", "logprobs", "modalities", "functions", "function_call"]
    )
}
