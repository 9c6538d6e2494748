package import Kernel
package import Storage

/// Something that happened, written in the commit of the change itself. Never changed, never deleted.
package struct Event: Sendable {
    package let surface: String
    /// In the surface's own words: `service.called`. Several where one change is several things to subscribers, each of which they get.
    package let types: [String]
    /// The record that it is about; transfers carry the same subject.
    package let subject: String
    /// Whose event it is: only they can subscribe to it.
    package let audience: [ID<Identity>]
    /// A JSON object, as subscribers get it.
    package let payload: String
    package let trace: Trace
    /// Whether an endpoint is told of it only after it knows all earlier events of the subject.
    package let isOrdered: Bool

    package init(
        surface: String,
        type: String,
        subject: String,
        audience: [ID<Identity>],
        payload: String,
        trace: Trace,
        isOrdered: Bool = false
    ) {
        self.init(
            surface: surface,
            types: [type],
            subject: subject,
            audience: audience,
            payload: payload,
            trace: trace,
            isOrdered: isOrdered
        )
    }

    package init(
        surface: String,
        types: [String],
        subject: String,
        audience: [ID<Identity>],
        payload: String,
        trace: Trace,
        isOrdered: Bool = false
    ) {
        self.isOrdered = isOrdered
        self.surface = surface
        self.types = types
        self.subject = subject
        self.audience = audience
        self.payload = payload
        self.trace = trace
    }
}

/// An event as it stands in the log.
package struct RecordedEvent: Sendable, RowDecodable {
    package let number: Int64
    package let surface: String
    package let types: [String]
    /// The one that a subscriber is told.
    package private(set) var type: String
    package let subject: String
    package let payload: String
    package let traceID: String
    package let requestID: String
    package let createdAt: Timestamp

    package static let columns: StaticString = """
        event.number, event.surface, event.type, event.subject, event.payload, event.trace_id, event.request_id,
        event.created_at
        """

    package init(row: inout Row) throws {
        self.number = try row.column()
        self.surface = try row.column()
        self.types = try row.column(String.self).bytewise.split(" ").map(String.init)
        self.type = self.types.first ?? ""
        self.subject = try row.column()
        self.payload = try row.column()
        self.traceID = try row.column()
        self.requestID = try row.column()
        self.createdAt = try row.column()
    }

    /// - Parameter type: nil for the first one.
    func told(as type: String?) -> RecordedEvent {
        var event = self
        if let type { event.type = type }
        return event
    }
}
