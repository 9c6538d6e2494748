import Hummingbird
import Kernel
import Platform
import Web

/// What a provider's page says of how its service is called, and why calls fail.
extension ProviderPages {
    /// What the parts about its calls show.
    static func callValues(_ listing: Listing, _ health: ServiceHealth, _ request: PageRequest) -> [String: Any?] {
        let interface = listing.interface
        let first = interface.operations.first
        let isTest = request.call.request.uri.path.bytewise.ends(with: "/test")
        let edited =
            !request.form.all("request_example").isEmpty
            ? nil : interface.operation(named: request.query("operation"))
        let typed = edited == nil && request.problem != nil ? self.typed(request) : [:]
        let verbs = ServiceOperation.methods.map { ($0, $0) }
        let seconds = health.breaker.secondsLeft
        return [
            "health": health, "hasMinutes": health.minutes.isEmpty ? nil : true,
            "hasFailures": health.failures.isEmpty ? nil : true,
            "breaker": seconds.map { request.say("breaker_open", ["seconds": "\($0)"]) }
                ?? request.say("breaker_closed"),
            "operations": interface.operations.map { operation in
                [
                    "name": operation.name, "encoded": HTML.percentEncode(operation.name), "method": operation.method,
                    "path": operation.path, "summary": operation.summary,
                ]
            },
            "hasOperations": interface.operations.isEmpty ? nil : true,
            "testMethods": PageParts.options(verbs, chosen: isTest ? request.form["method"] : first?.method ?? "GET"),
            "testPath": isTest ? request.form["path"] : first?.target ?? "",
            "testType": isTest ? request.form["content_type"] : first?.contentType ?? "application/json",
            "testBody": isTest ? request.form["body"] : first?.requestExample.map(self.shown) ?? "",
            "op": edited.map(self.fields) ?? typed,
            "opMethods": PageParts.options(verbs, chosen: edited?.method ?? typed["method"] ?? "POST"),
            "isDescribing": edited != nil || typed["request_example"] != nil ? true : nil,
            "isImporting": typed["openapi"] != nil ? true : nil,
            "notes": typed["notes"] ?? interface.notes,
        ]
    }

    private static func shown(_ value: JSONValue) -> String { value.string ?? JSON.indented(value) }

    private static func fields(_ operation: ServiceOperation) -> [String: String] {
        [
            "name": operation.name, "path": operation.path, "summary": operation.summary,
            "content_type": operation.contentType,
            "request_example": operation.requestExample.map(self.shown) ?? "",
            "request_schema": operation.requestSchema.map(self.shown) ?? "",
            "response_example": operation.responseExample.map(self.shown) ?? "",
            "response_schema": operation.responseSchema.map(self.shown) ?? "",
        ]
    }

    private func goBack(_ request: PageRequest) -> ConsoleForm.Outcome {
        .goTo("/provider/services/\(HTML.percentEncode(request.parameter("service_id")))?done=1#usage")
    }

    private func interface(of request: PageRequest) async throws -> ServiceInterface {
        let id = request.parameter("service_id")
        let services = try await request.ask(self.portal.services).services
        guard let service = services.first(where: { $0.listing.id.text == id }) else {
            throw MarketProblems.serviceNotFound
        }
        return service.listing.interface
    }

    /// A file goes before the text beside it.
    @Sendable func importDocument(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let file = request.form["openapi_file"]
        let given: [String: JSONValue] = ["openapi": .string(file.isEmpty ? request.form["openapi"] : file)]
        guard !file.isEmpty || !request.form["openapi"].isEmpty || !request.form["openapi_url"].isEmpty else {
            throw Problem(
                .invalid,
                "invalid",
                fields: [FieldError(path: "openapi", rule: .required, isMalformed: false)]
            )
        }
        try await request.submit(self.listings.update, given)
        return self.goBack(request)
    }

    @Sendable func describe(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        var validation = Validation()
        var operation: [String: JSONValue] = [:]
        for name in ["name", "method", "path", "summary", "content_type"] where !request.form[name].trimmed.isEmpty {
            operation[name] = .string(request.form[name].trimmed)
        }
        for name in ["request_example", "request_schema", "response_example", "response_schema"] {
            let text = request.form[name].trimmed
            guard !text.isEmpty else { continue }
            operation[name] = try? JSON.read(Array(text.utf8))
            validation.require(operation[name] != nil, name, FieldRule("json"))
        }
        try validation.check()
        var reader = InterfaceReader()
        let interface = reader.read(["operations": [.object(operation)]], at: "usage")
        try reader.faults.check()
        guard let described = interface.operations.first else { return self.goBack(request) }
        var known = try await self.interface(of: request).putting(described)
        known.notes = request.form["notes"]
        _ = try await request.ask(self.listings.update, ["usage": known.json])
        return self.goBack(request)
    }

    @Sendable func forget(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        var known = try await self.interface(of: request)
        known.operations.removeAll { $0.name.bytewise.equals(request.form["name"]) }
        _ = try await request.ask(self.listings.update, ["usage": known.json])
        return self.goBack(request)
    }
}
