import Kernel
import Platform
import Web

/// The servers that share the database, and what has left it.
struct ServerList: ExampleAnswer {
    let servers: [Entry]
    let files: [File]

    struct Entry: Answer {
        let host: String
        let process: Int
        let version: String
        let startedAt: Timestamp
        let seenAt: Timestamp

        static let members: [Member<Self>] = [
            Member("host", \.host, "The machine's name"),
            Member("process", \.process, "The process's number there"),
            Member("version", \.version, "Souk's version"),
            Member("started_at", \.startedAt, "When it began to serve"),
            Member("seen_at", \.seenAt, "When it showed itself last; it does so every 15 seconds"),
        ]
    }

    struct File: Answer {
        let kind: String
        let path: String
        let records: Int
        let bytes: Int
        let checksum: String
        let state: ArchiveFile.State

        static let members: [Member<Self>] = [
            Member("kind", \.kind, "usage, events or deliveries"),
            Member("file", \.path, "In the archive's folder, by the day in UTC"),
            Member("records", \.records, "How many records are in it"),
            Member("bytes", \.bytes, "Its size"),
            Member("sha256", \.checksum, "Its checksum, in hexadecimal digits"),
            Member(
                "state",
                \.state,
                "written while its records are being deleted, archived, or restored while they are back for a week"
            ),
        ]
    }

    static let members: [Member<Self>] = [
        Member("servers", \.servers, "Those of the last minute, the oldest first"),
        Member("archive", \.files, "The archive's newest files"),
    ]

    static let example = ServerList(
        servers: [
            Entry(
                host: "souk-1",
                process: 4711,
                version: "0.1.0",
                startedAt: Timestamp(seconds: 1_774_000_000),
                seenAt: Timestamp(seconds: 1_774_000_015)
            )
        ],
        files: [
            File(
                kind: "usage",
                path: "usage/2026-02-01.jsonl.gz",
                records: 48_211,
                bytes: 5_204_117,
                checksum: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                state: .archived
            )
        ]
    )
}

extension ServerList {
    init(_ nodes: [ServerRunStore.Node], _ files: [ArchiveFile]) {
        self.init(
            servers: nodes.map {
                Entry(
                    host: $0.host,
                    process: $0.process,
                    version: $0.version,
                    startedAt: $0.startedAt,
                    seenAt: $0.renewedAt
                )
            },
            files: files.map {
                File(
                    kind: $0.kind,
                    path: $0.path,
                    records: $0.records,
                    bytes: $0.bytes,
                    checksum: $0.checksum,
                    state: $0.state
                )
            }
        )
    }
}

extension ArchiveFile.State: Wire {}
