import Foundation
import Kernel
import Market
import Platform
import Search
import Server
import Storage
import Web

/// A reader of bytes from outside, and what must hold whatever the bytes are. Ends the process, or throws, when it does not.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    package let name: String
    package let run: @Sendable ([UInt8]) throws -> Void

    package var description: String { self.name }

    package struct Broken: Error {
        package let what: String
    }

    private static func require(_ holds: Bool, _ what: String) throws { if !holds { throw Broken(what: what) } }

    package static let all = [
        json, csv, forms, multipart, paths, headers, search, segments, moments, markup, hosts, payments,
    ]

    /// Once read, it is written and read as the same.
    private static let json = FuzzTarget(name: "json") { bytes in
        guard let value = try? JSON.read(bytes) else { return }
        try require(try JSON.read(JSON.text(of: value).utf8) == value, "another value once it is written")
    }

    /// A table comes back as it was written.
    private static let csv = FuzzTarget(name: "csv") { bytes in
        guard let rows = CSV.rows(String(decoding: bytes, as: UTF8.self))?.filter({ $0 != [""] }) else { return }
        let written = rows.map(CSV.line).joined()
        let again = CSV.rows(written).flatMap { CSV.rows($0.map(CSV.line).joined()) }
        try require(again?.count == rows.count, "another number of rows")
    }

    private static let forms = FuzzTarget(name: "forms") { bytes in
        let form = try? Form.read(bytes, contentType: "application/x-www-form-urlencoded")
        for name in form?.names ?? [] { _ = form?[name] }
    }

    /// The first line is the content type.
    private static let multipart = FuzzTarget(name: "multipart") { bytes in
        let (type, body) = Self.cut(bytes)
        _ = try? Form.read(body, contentType: String(decoding: type, as: UTF8.self))
    }

    private static let paths = FuzzTarget(name: "paths") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let paths = RequestPath([])
        let path = RequestPath.origin(text).bytewise.cut(at: "?").before
        let reading = paths.read(text)
        let hasTwoReadings =
            path.bytewise.contains("//") || path.bytewise.contains("/../") || path.bytewise.contains("\\")
        try require(reading == .ambiguous || reading == .unreadable || !hasTwoReadings, "a path with two readings")
    }

    private static let headers = FuzzTarget(name: "headers") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = Language.preferred(text, among: Language.allCases)
        _ = Trace.begin(traceparent: text, ids: .counting())
        _ = SignIn.local(text)
        _ = (try? TrustedProxies([text]))
        _ = text.bytewise.list(";").map { $0.bytewise.cut(at: "=") }
        _ = Cursor(text: text)
        _ = try? Micros.parse(text)
    }

    private static let search = FuzzTarget(name: "search") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let kind = SearchKind("fuzz", fields: [SearchField("text", weight: 1, usualLength: 10)])
        let index = SearchIndex(kind)
        let document = SearchDocument(id: "1", texts: [text])
        try index.apply([.put(document)])
        let answer = index.answer(SearchQuery(text))
        try require(answer.total == answer.hits.count, "a total that is not the hits")
        let reasons = index.explain(text, [document])["1"] ?? []
        try require(reasons.isEmpty == answer.hits.isEmpty, "a hit without a reason")
    }

    private static let segmentKind = SearchKind(
        "fuzz.segments",
        fields: [
            SearchField("name", weight: 2, usualLength: 3), SearchField("code", .code, weight: 1, usualLength: 2),
        ],
        columns: [
            SearchColumn("state", .exact), SearchColumn("tags", .set), SearchColumn("price", .number),
            SearchColumn("title", .text), SearchColumn("place", .place),
        ]
    )

    private static let segment: [UInt8] = {
        let index = SearchIndex(Self.segmentKind)
        let documents = (0..<90).map { number in
            SearchDocument(
                id: "record\(number)",
                texts: ["weather 天気 word\(number % 7)", "ab-\(number)"],
                values: [
                    .exact("s\(number % 3)"), .set(["rain", "t\(number % 5)"]), .number(Int64(number)),
                    .text("title \(number % 9)"), .place(latitude: Int32(number), longitude: 7),
                ],
                order: Int64(number),
                boost: UInt8(number)
            )
        }
        try? index.apply(documents.map { .put($0) })
        return index.segmentBytes.first ?? []
    }()

    /// Every three bytes change one of a file of the search: where, and how. Answers may be wrong, but there are some.
    private static let segments = FuzzTarget(name: "segments") { bytes in
        var segment = Self.segment
        for start in stride(from: 0, to: bytes.count - 2, by: 3) {
            segment[(Int(bytes[start]) << 8 | Int(bytes[start + 1])) % segment.count] ^= bytes[start + 2]
        }
        guard let index = try? SearchIndex(Self.segmentKind, segment: segment) else { return }
        for query in [
            SearchQuery("weather word3", facets: ["state", "tags"]), SearchQuery("wether ab1"),
            SearchQuery("天", mode: .all),
            SearchQuery(filters: [.any("tags", of: ["rain"]), .range("price", from: 3)], sort: .descending("price")),
            SearchQuery(sort: .ascending("title"), limit: 100), SearchQuery("ab", sort: .descending("title")),
            SearchQuery(
                filters: [.near("place", latitude: 0, longitude: 0, kilometres: 900)],
                sort: .ascending("price")
            ),
        ] {
            try require(index.answer(query).hits.count <= query.limit, "more hits than were asked for")
        }
        // What a record said is counted when it goes.
        try? index.apply([.remove("record7")])
    }

    private static let moments = FuzzTarget(name: "moments") { bytes in
        guard let moment = Timestamp(text: String(decoding: bytes, as: UTF8.self)) else { return }
        try require(Timestamp(text: moment.text) == moment, "another moment once it is written")
    }

    private static let markup = FuzzTarget(name: "markup") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let markup: Markup = "\(text)"
        try require(!markup.text.bytewise.contains(anyOf: "<>\"'"), "markup from outside")
        _ = HTML.percentEncode(text)
    }

    private static let hosts = FuzzTarget(name: "hosts") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? Outbound.host(of: text)
        _ = AddressRules.isPrivateName(text)
        _ = AddressRules.bytes(of: text).map {
            $0.count == 4 ? AddressRules.isPublic(v4: $0) : AddressRules.isPublic(v6: $0)
        }
    }

    /// Payment headers, and the documents that payment companies sign.
    private static let payments = FuzzTarget(name: "payments") { bytes in
        let offer = X402Offer(
            configuration: X402Configuration(
                facilitator: "http://facilitator.test",
                network: "eip155:84532",
                asset: "0xa",
                assetName: "USDC",
                assetVersion: "2",
                payTo: "0xb"
            ),
            amount: 10_000,
            resourceURL: "http://souk.test/",
            summary: "A call"
        )
        for version: Int64 in [1, 2] {
            _ = try? X402Payment(header: String(decoding: bytes, as: UTF8.self), version: version, offer: offer)
            _ = try? X402Payment(header: Data(bytes).base64EncodedString(), version: version, offer: offer)
        }
        guard let sorted = SortedJSON.text(bytes) else { return }
        try require(SortedJSON.text(sorted) == sorted, "sorted once more it is another document")
    }

    /// The first line, and the rest.
    private static func cut(_ bytes: [UInt8]) -> (head: [UInt8], rest: [UInt8]) {
        guard let end = bytes.firstIndex(of: 10) else { return (bytes, []) }
        return (Array(bytes[..<end]), Array(bytes[(end + 1)...]))
    }
}
