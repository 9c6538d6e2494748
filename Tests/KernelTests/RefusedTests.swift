import Foundation
import Testing

/// Programs that must not compile, since they would mix up what a person mixes up. The same compiler is asked as builds the tests.
@Suite("Refused by the compiler")
struct RefusedTests {
    @Test("amounts of two currencies do not add, compare, or stand for one another")
    func currencies() throws {
        try Self.expectRefusal("let sum = Yen(1) + Amount<USDC>(1)")
        try Self.expectRefusal("let isLess = Amount<USD>(1) < Amount<CNY>(1)")
        try Self.expectRefusal("let amount: Yen = Amount<USDC>(1)")
        try Self.expectAcceptance("let sum = Yen(1) + Yen(1)")
    }

    @Test("identifiers of two kinds do not stand for one another")
    func identifiers() throws {
        let kinds = "enum Program {}; enum Click {}; "
        try Self.expectRefusal(kinds + "let same = NumericID<Program>(1) == NumericID<Click>(1)")
        try Self.expectRefusal(kinds + "let id: ID<Program> = ID<Click>(\"1\")")
        try Self.expectAcceptance(kinds + "let same = NumericID<Program>(1) == NumericID<Program>(1)")
    }

    private static func expectRefusal(_ code: String, _ place: SourceLocation = #_sourceLocation) throws {
        let said = try self.compile(code)
        #expect(said?.contains("error:") == true, "it compiles: \(code)", sourceLocation: place)
        // Not for want of the module or of its types.
        #expect(said?.contains("cannot find") == false, sourceLocation: place)
    }

    private static func expectAcceptance(_ code: String, _ place: SourceLocation = #_sourceLocation) throws {
        let said = try self.compile(code)
        #expect(said == nil, "\(said ?? "")", sourceLocation: place)
    }

    /// What the compiler says of a program that uses the kernel; nil when nothing.
    private static func compile(_ code: String) throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "refused-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "main.swift")
        try "import Kernel\n\(code)\n".write(to: file, atomically: true, encoding: .utf8)
        // A package is named after its folder.
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let modules = root.appending(path: ".build/debug/Modules")
        let name = root.lastPathComponent.lowercased()
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = ["swiftc", "-typecheck", "-package-name", name, "-I", modules.path, file.path]
        let pipe = Pipe()
        compiler.standardError = pipe
        try compiler.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        compiler.waitUntilExit()
        return compiler.terminationStatus == 0 ? nil : said
    }
}
