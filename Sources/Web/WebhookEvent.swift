import Kernel

/// A kind of event that subscribers are sent, as the OpenAPI document tells of it.
package struct WebhookEvent: Sendable {
    package let type: String
    let summary: String
    /// Headers of a delivery that its surface adds, each with what it is.
    let headers: [String: String]
    /// What is sent: its JSON Schema and an example.
    let describe: @Sendable () -> (schema: JSONValue, example: JSONValue)

    /// - Parameter name: the member of the body that names the type.
    package init<Body: Wire>(
        _ type: String,
        _ summary: String,
        of _: Body.Type,
        named name: String,
        headers: [String: String] = [:]
    ) {
        self.type = type
        self.summary = summary
        self.headers = headers
        self.describe = {
            let shape = Body.shape
            return (shape.schema, shape.example.adding(name, .string(type)))
        }
    }
}
