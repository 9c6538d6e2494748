// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A target of ours. What it may import is what stands here: the arrows of ARCHITECTURE.md.
func house(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestKit"], exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "souk",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "souk", targets: ["souk"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git",
            from: "2.28.1",
            traits: ["FullFoundation"]
        ),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "CSQLiteSetup", linkerSettings: [.linkedLibrary("sqlite3")]),
        house("Kernel", []),
        house("Storage", ["Kernel", "CLibpq", "CSQLiteSetup", grdb, sqlite, logging, crypto]),
        house("Ledger", ["Storage"]),
        house(
            "Platform",
            [
                "Ledger", asyncHTTPClient, crypto, cryptoExtras, logging, nio, nioPosix, nioHTTP1, httpTypes,
                serviceLifecycle,
            ]
        ),
        house("Web", ["Platform", hummingbird, httpTypes, crypto, mustache, nio, nioPosix, nioHTTP1]),
        house(
            "Market",
            [
                "Web", hummingbird, httpTypes, crypto, cryptoExtras, nio, nioHTTP1, nioSSL, logging, serviceLifecycle,
            ]
        ),
        house("Affiliate", ["Web", hummingbird, httpTypes, crypto, nio, nioPosix, logging, serviceLifecycle]),
        house(
            "Server",
            [
                "Market", "Affiliate", hummingbird, hummingbirdCore, httpTypes, nio, nioPosix, nioHTTPTypesHTTP1,
                logging,
                serviceLifecycle, unixSignals,
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .executableTarget(
            name: "souk",
            dependencies: [
                "Server", httpTypes, logging, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(name: "souk-fuzz", dependencies: ["TestKit"], swiftSettings: strict),
        house(
            "TestKit",
            [
                "Server", hummingbird, hummingbirdTesting, httpTypes, crypto, cryptoExtras, logging, nio, nioPosix,
            ]
        ),
        tests("KernelTests", ["Kernel"]),
        tests("StorageTests", ["Storage"]),
        tests("LedgerTests", ["Ledger"]),
        tests("PlatformTests", ["Platform", httpTypes, hummingbird]),
        tests("WebTests", ["Web", httpTypes, hummingbird]),
        tests("MarketTests", ["Server", httpTypes, hummingbird, nio]),
        tests("AffiliateTests", ["Server", httpTypes]),
        tests("ContractTests", ["Server"], exclude: ["Contracts"]),
        tests("FuzzTests", ["Server", httpTypes], exclude: ["Corpus"]),
        tests("TidyTests", ["Server"]),
    ]
)
