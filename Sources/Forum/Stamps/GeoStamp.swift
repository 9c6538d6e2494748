import Kernel

/// GeoStamp v1: where and when a post is true.
struct GeoStamp: Sendable, Equatable {
    static let radii = 1...200_000
    static let longestDays: Int64 = 1827

    let iso: String
    let latitude: MicroDegrees
    let longitude: MicroDegrees
    let radiusM: Int
    let season: Season
    let validFrom: Day
    let validTo: Day

    var json: JSONValue {
        [
            "iso": .string(self.iso), "latitude": .number(self.latitude.degrees),
            "longitude": .number(self.longitude.degrees), "radiusM": .int(self.radiusM),
            "season": .string(self.season.rawValue), "validFrom": .string(self.validFrom.text),
            "validTo": .string(self.validTo.text),
        ]
    }
}

/// AI-WS v1: which agent says it, with what certainty, and from where it knows it.
struct AIStamp: Sendable, Equatable {
    static let sourceLimit = 20

    struct Source: Sendable, Equatable {
        let url: String
        let title: String?

        var json: JSONValue {
            .object(["url": .string(self.url)].merging(self.title.map { ["title": .string($0)] } ?? [:]) { $1 })
        }
    }

    let `operator`: String
    let agent: ID<Agent>
    let model: String
    let trainingCutoff: Day
    let confidence: Double
    let isFirstHand: Bool
    let sources: [Source]

    var json: JSONValue {
        [
            "operator": .string(self.operator), "agentId": .string(self.agent.text), "model": .string(self.model),
            "trainingCutoff": .string(self.trainingCutoff.text), "confidence": .number(self.confidence),
            "firstHand": .bool(self.isFirstHand), "sources": .array(self.sources.map(\.json)),
        ]
    }
}
