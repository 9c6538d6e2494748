// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Every x86 processor since 2009 counts bits in one instruction; the compiler uses it when told.
#if arch(x86_64)
    let countingBits: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v2"])]
#else
    let countingBits: [SwiftSetting] = []
#endif

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let atomics: Target.Dependency = .product(name: "Atomics", package: "swift-atomics")
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
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A target of ours. What it imports is what stands here, no less and no more: the arrows of ARCHITECTURE.md.
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
        .package(url: "https://github.com/apple/swift-atomics.git", from: "1.3.0"),
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
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CMarkGFM", providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CSQLiteSetup", linkerSettings: [.linkedLibrary("sqlite3")]),
        house("Kernel", []),
        house("Storage", ["Kernel", "CLibpq", "CSQLiteSetup", grdb, sqlite, logging, crypto]),
        .target(
            name: "Search",
            dependencies: ["Kernel", "Storage", "CZlib", atomics, logging, serviceLifecycle],
            swiftSettings: strict + countingBits
        ),
        house("Ledger", ["Kernel", "Storage"]),
        house(
            "Platform",
            [
                "Kernel", "Storage", "CCurl", "CZlib", crypto, cryptoExtras, logging, nio, nioHTTP1, nioPosix, nioSSL,
                serviceLifecycle,
            ]
        ),
        house(
            "Web",
            [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "CMarkGFM", hummingbird, httpTypes, crypto,
                logging,
                mustache, nio,
                nioHTTP1, nioPosix,
            ]
        ),
        house(
            "Market",
            [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", hummingbird, httpTypes, crypto,
                cryptoExtras, logging,
                nio, nioHTTP1, nioSSL, serviceLifecycle, yams,
            ]
        ),
        house(
            "Affiliate",
            [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", hummingbird, httpTypes, crypto, logging,
                nio,
                nioPosix,
                serviceLifecycle,
            ]
        ),
        house(
            "Commerce",
            [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", hummingbird, httpTypes, crypto, logging,
                nio,
                serviceLifecycle,
            ]
        ),
        house(
            "Gateway",
            [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", hummingbird, httpTypes, crypto, logging,
                nio, nioHTTP1, nioPosix, serviceLifecycle,
            ]
        ),
        house(
            "Forum",
            [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", "CMarkGFM", hummingbird, httpTypes, crypto,
                logging, nio, serviceLifecycle,
            ]
        ),
        house(
            "Server",
            [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", "Market", "Affiliate", "Commerce",
                "Gateway", "Forum", hummingbird,
                hummingbirdCore,
                httpTypes, crypto, logging, nio, nioHTTP1, nioHTTPTypesHTTP1, nioPosix, serviceLifecycle, unixSignals,
                yams,
            ]
        ),
        .executableTarget(
            name: "souk",
            dependencies: [
                "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", "Market", "Affiliate", "Commerce",
                "Gateway", "Forum", "Server", argumentParser,
                logging,
                serviceLifecycle, unixSignals,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "souk-search",
            dependencies: ["Search", "Market", "Commerce"],
            path: "Benchmarks/Search",
            swiftSettings: strict
        ),
        .executableTarget(name: "souk-fuzz", dependencies: ["ServerTestKit"], swiftSettings: strict),
        // What the tests of every floor use; it knows no surface, so that a change of the kernel is tested without compiling them.
        house(
            "TestKit",
            [
                "Kernel", "Storage", "Platform", hummingbird, httpTypes, logging, nio, nioPosix,
            ]
        ),
        house(
            "ServerTestKit",
            [
                "TestKit", "Kernel", "Storage", "Platform", "Search", "Web", "Market", "Affiliate", "Commerce",
                "Gateway", "Forum", "Server",
                hummingbird,
                hummingbirdTesting, httpTypes, crypto, cryptoExtras, nio,
            ]
        ),
        tests("KernelTests", ["Kernel"]),
        tests("StorageTests", ["Kernel", "Storage"]),
        tests("SearchTests", ["Kernel", "Storage", "Search"]),
        tests("LedgerTests", ["Kernel", "Storage", "Ledger"]),
        tests(
            "PlatformTests",
            ["Kernel", "Storage", "Ledger", "Platform", httpTypes, hummingbirdCore, nio, nioPosix, nioSSL]
        ),
        tests(
            "WebTests",
            [
                "ServerTestKit", "Kernel", "Storage", "Platform", "Web", "Market", "Server", httpTypes, hummingbird,
                serviceLifecycle,
            ]
        ),
        tests(
            "MarketTests",
            [
                "ServerTestKit", "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", "Market", "Server",
                httpTypes,
                hummingbird, nio,
            ],
            exclude: ["Relevance"]
        ),
        tests(
            "AffiliateTests",
            ["ServerTestKit", "Kernel", "Storage", "Ledger", "Platform", "Web", "Affiliate", "Server", httpTypes]
        ),
        tests(
            "CommerceTests",
            [
                "ServerTestKit", "Kernel", "Storage", "Ledger", "Platform", "Search", "Web", "Commerce", "Server",
                httpTypes,
            ],
            exclude: ["Sentences"]
        ),
        tests(
            "GatewayTests",
            [
                "ServerTestKit", "Kernel", "Storage", "Ledger", "Platform", "Web", "Gateway", "Server", httpTypes,
                hummingbird, nio,
            ]
        ),
        tests(
            "ForumTests",
            ["ServerTestKit", "Kernel", "Storage", "Ledger", "Platform", "Web", "Forum", "Server", httpTypes]
        ),
        tests(
            "ContractTests",
            [
                "ServerTestKit", "Kernel", "Storage", "Platform", "Web", "Market", "Affiliate", "Commerce", "Gateway",
                "Forum", "Server", httpTypes,
            ],
            exclude: ["Contracts", "Schemas"]
        ),
        tests("FuzzTests", ["ServerTestKit", "Kernel", "Market", "Server", httpTypes], exclude: ["Corpus"]),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ]
)
