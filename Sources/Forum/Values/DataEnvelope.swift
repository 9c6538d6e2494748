import Web

/// What most answers stand in: `{"data": …}`.
struct DataEnvelope<Inner: Answer>: Answer {
    let data: Inner
    static var members: [Member<Self>] { [Member("data", \.data, "The answer")] }
}
