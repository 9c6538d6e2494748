import Kernel
import Web

/// How a service is called, as everybody may see it.
struct ServiceInterfaceOutput: Answer {
    let interface: ServiceInterface
    /// Of the proxy for this service, without a slash at the end.
    let baseURL: String

    static let members: [Member<Self>] = [
        Member("base_url", \.baseURL, "Where its paths begin: the market's proxy"),
        Member(
            "operations",
            { whole in whole.interface.operations.map { ServiceOperationOutput(operation: $0, baseURL: whole.baseURL) }
            },
            "Its kinds of calls, the first one the usual one"
        ),
        Member(
            "notes",
            \.interface.notes,
            "What its errors mean, in the provider's words",
            example: "400: text is missing"
        ),
    ]
}

struct ServiceOperationOutput: Answer {
    let operation: ServiceOperation
    let baseURL: String

    static let members: [Member<Self>] = [
        Member("name", \.operation.name, "What it is called", example: "summarise"),
        Member("method", \.operation.method, "The method", example: "POST"),
        Member("path", \.operation.path, "Below the service; parameters in braces", example: "/"),
        Member("url", { $0.baseURL + $0.operation.target }, "A whole address, parameters as in the examples"),
        Member("summary", \.operation.summary, "What it does", example: "The two sentences that say the most"),
        Member(
            "parameters",
            { $0.operation.parameters.map { ServiceParameterOutput(parameter: $0) } },
            "Of the path, the query and the headers"
        ),
        Member("content_type", \.operation.contentType, "Of the body; empty without one", example: "application/json"),
        Member("request_example", { $0.operation.requestExample }, "A body that works", example: ["text": "A text."]),
        Member(
            "request_schema",
            { $0.operation.requestSchema },
            "JSON Schema of the body",
            example: ["type": "object"]
        ),
        Member(
            "response_example",
            { $0.operation.responseExample },
            "What comes back",
            example: ["summary": "A text."]
        ),
        Member("response_schema", { $0.operation.responseSchema }, "JSON Schema of it", example: ["type": "object"]),
    ]
}

struct ServiceParameterOutput: Answer {
    let parameter: ServiceParameter

    static let members: [Member<Self>] = [
        Member("name", \.parameter.name, "Its name", example: "city"),
        Member("in", \.parameter.place.rawValue, "path, query or header", example: "query"),
        Member("required", \.parameter.isRequired, "Whether it must be there", example: true),
        Member("description", \.parameter.summary, "What it is", example: "A city"),
        Member("example", { $0.parameter.example }, "A value that works", example: "Hanoi"),
        Member("schema", { $0.parameter.schema }, "JSON Schema of it", example: ["type": "string"]),
    ]
}
