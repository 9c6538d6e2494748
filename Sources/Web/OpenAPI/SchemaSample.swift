import Foundation
package import Kernel

extension Schema {
    /// Whether a schema of our own takes the value, its pattern included.
    package static func takes(_ schema: JSONValue, _ value: JSONValue) -> Bool {
        guard SchemaCheck.faults(value, schema).isEmpty else { return false }
        guard let pattern = schema["pattern"]?.string, let text = value.string else { return true }
        // characters: a pattern of our own
        return text.range(of: pattern, options: .regularExpression) != nil
    }

    private static let sampleDepth = 12

    /// A value that the schema takes, as far as it says.
    ///
    /// - Parameter name: of the member, which may tell what a text is.
    package static func sample(of schema: JSONValue, named name: String = "") -> JSONValue {
        self.sample(of: schema, name, 0)
    }

    /// What texts are, by the names of their members.
    private static let texts = [
        "accountnumber": "1234567", "amount": "19.99", "amountusd": "19.99", "basemodel": "gpt-5.2",
        "body": "Trains run until midnight.",
        "category": "general", "contactname": "Mio Sato", "description": "Itineraries for travellers in Japan.",
        "domain": "tabi.example", "email": "mio@tabi.example", "endpoint": "https://api.example.com/v1",
        "feature": "GET /api/v1/payouts",
        "key": "aa_4751a4d746837932", "keyid": "acf_4812fdf444d414b8", "keywords": "translate", "label": "Production",
        "limit": "25.00",
        "message": "Plan a day in Kyoto.", "model": "gpt-6-luna", "name": "Tabi Travel", "nameen": "Kyoto",
        "newpassword": "a longer password",
        "note": "It repeats another post.", "orderid": "A-1001", "ownerid": "my-agent", "password": "a long password",
        "paymenttx": "BANK-2026-0001", "postbacktoken": "pb_4751a4d7", "productid": "mouse-1",
        "reason": "Agreed with the customer",
        "reference": "BANK-2026-0001", "secret": "sec_04729ab754e12275",
        "targetagentid": "550e8400-e29b-41d4-a716-446655440000",
        "text": "Translate this sentence into Japanese.", "title": "When are the leaves red?",
        "token": "pb_4751a4d746837932", "tool": "datetime",
        "url": "https://my-agent.example.com/webhook", "username": "haruto", "value": "DE89 3704 0044 0532 0130 00",
        "version": "v1",
        "website": "https://tabi.example/", "word": "casino",
    ]

    private static func sample(of schema: JSONValue, _ name: String, _ depth: Int) -> JSONValue {
        if let known = schema["example"] ?? schema["examples"]?.array?.first ?? schema["default"] { return known }
        if let known = schema["const"] ?? schema["enum"]?.array?.first { return known }
        let plain = name.lowercased().bytewise.replacing("_", with: "")
        if let text = self.texts[plain], self.takes(schema, .string(text)) { return .string(text) }
        guard depth <= self.sampleDepth else { return .null }
        if let parts = schema["allOf"]?.array {
            let samples = parts.map { self.sample(of: $0, name, depth + 1) }
            return .object(samples.reduce(into: [:]) { $0.merge($1.object ?? [:]) { $1 } })
        }
        if let first = (schema["anyOf"] ?? schema["oneOf"])?.array?.first {
            return self.sample(of: first, name, depth + 1)
        }
        let type = schema["type"]?.string ?? schema["type"]?.array?.compactMap(\.string).first { $0 != "null" }
        switch type ?? (schema["properties"] == nil ? "" : "object") {
        case "object":
            let properties = schema["properties"]?.object ?? [:]
            let members = properties.map { ($0.key, self.sample(of: $0.value, $0.key, depth + 1)) }
            return .object(Dictionary(uniqueKeysWithValues: members))
        case "array": return .array(schema["items"].map { [self.sample(of: $0, name, depth + 1)] } ?? [])
        case "integer", "number": return schema["minimum"] ?? 1
        case "boolean": return true
        case "string": return .string(self.text(of: schema, named: plain))
        default: return .null
        }
    }

    /// Members that end what another one begins.
    private static let ends: Set = ["to", "until", "end", "enddate", "periodend", "validto"]

    private static func text(of schema: JSONValue, named name: String) -> String {
        switch schema["format"]?.string {
        case "date": self.ends.contains(name) ? "2026-02-28" : "2026-01-31"
        case "date-time": self.ends.contains(name) ? "2026-02-28T12:00:00Z" : "2026-01-31T12:00:00Z"
        case "email": "name@example.com"
        case "uri", "url": "https://example.com/"
        case "uuid": "550e8400-e29b-41d4-a716-446655440000"
        default: String(repeating: "text ", count: 1 + Int(max(0, schema["minLength"]?.integer ?? 0)) / 5).trimmed
        }
    }
}
