import HTTPTypes
import Hummingbird
import Kernel
import Web

extension InputReader {
    /// An order's id, as advertisers name it.
    mutating func orderID() -> String? {
        self.optionalBody(
            "order_id",
            .string,
            "Order ID: an order is counted once. Without one the click stands for it",
            .notBlank(),
            .line(),
            Rule(FieldRule("no_invisible")) { !$0.unicodeScalars.contains(where: \.isInvisible) },
            .atMost(200),
            Rule(FieldRule("order_of_click")) {
                !$0.trimmed.bytewise.starts(with: "click-")
            }
        )?.trimmed
    }

    /// What an order is worth.
    mutating func amount() -> Yen? {
        self.optionalBody(
            "amount",
            .integer,
            "Conversion amount (JPY)",
            .range(0...Int(Terms.amountLimit.smallestUnits))
        ).map { Yen(Int64($0)) }
    }
}

extension Call {
    /// What stands in the query, in a form or in JSON, and the token of the header. What is left empty is missing.
    func orderFields() async throws -> JSONValue {
        try self.requireReadableQuery()
        var fields: [String: JSONValue] = [:]
        for (name, value) in self.request.uri.fields {
            guard fields[String(name)] == nil, !value.isEmpty else { continue }
            fields[String(name)] = Self.value(String(name), String(value))
        }
        if self.request.method == .post {
            if self.request.headers[.contentType]?.bytewise.contains("json") ?? false {
                let body = try await self.readJSON() ?? [:]
                guard let members = body.object else { throw AffiliateProblems.postbackBody }
                fields.merge(members) { $1 }
            } else {
                let form = try await self.form(limit: 16 * 1024)
                for name in form.names where !form[name].isEmpty { fields[name] = Self.value(name, form[name]) }
            }
        }
        if let token = self.request.headers[.init("X-Postback-Token")!] { fields["token"] = .string(token) }
        // Numbers of click ids may be written as such.
        if let id = fields["click_id"]?.integer { fields["click_id"] = .string("\(id)") }
        if let id = fields["order_id"]?.integer { fields["order_id"] = .string("\(id)") }
        return .object(fields)
    }

    /// Text of a form or a query: a number where the field is one.
    private static func value(_ name: String, _ text: String) -> JSONValue {
        guard ["amount", "program_id"].contains(name) else { return .string(text) }
        return Int64(text).map { .integer($0) } ?? .string(text)
    }
}

extension FieldDescription {
    /// The same field where it is read from somewhere else.
    func moved(to place: Place) -> FieldDescription {
        FieldDescription(self.name, place, isRequired: self.isRequired, schema: self.schema, summary: self.summary)
    }
}
