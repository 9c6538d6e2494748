import Testing

/// Which folders of a target lean on which: folder A on folder B when a file of A uses a type that B alone declares.
struct FolderArrows {
    let arrows: [String: Set<String>]

    /// - Parameter files: of one target.
    init(_ files: [(folder: String?, declares: [String], uses: Set<String>)]) {
        var owners: [String: Set<String>] = [:]
        for file in files { for name in file.declares { owners[name, default: []].insert(file.folder ?? "") } }
        var arrows: [String: Set<String>] = [:]
        for file in files {
            guard let folder = file.folder else { continue }
            for name in file.uses {
                guard let places = owners[name], places.count == 1, let place = places.first, place != folder else {
                    continue
                }
                if !place.isEmpty { arrows[folder, default: []].insert(place) }
            }
        }
        self.arrows = arrows
    }

    /// Folders that lean on one another, all the way round.
    var circles: [[String]] {
        let reach = self.arrows.keys.reduce(into: [:]) { $0[$1] = self.reachable(from: $1) }
        let circular = reach.filter { $0.value.contains($0.key) }.keys
        return Set(
            circular.map { folder in
                circular.filter { reach[folder]!.contains($0) && reach[$0]!.contains(folder) }.sorted()
            }
        )
        .sorted { $0[0] < $1[0] }
    }

    private func reachable(from folder: String) -> Set<String> {
        var found: Set<String> = []
        var next = Array(self.arrows[folder] ?? [])
        while let place = next.popLast() {
            if found.insert(place).inserted { next += self.arrows[place] ?? [] }
        }
        return found
    }
}

@Suite("Folders stand on floors")
struct FolderTests {
    private static let targets = Set(SourceFile.all.filter(\.isSource).map(\.target)).sorted()

    @Test("no folder leans on one that leans on it", arguments: targets)
    func circles(target: String) {
        let files = SourceFile.all.filter { $0.isSource && $0.target == target }
        let arrows = FolderArrows(files.map { ($0.folder, $0.declarations, $0.words) })
        #expect(arrows.circles == [])
    }

    @Test("the rule finds circles of two and of three")
    func finds() {
        let arrows = FolderArrows([
            ("A", ["One"], ["Two"]), ("B", ["Two"], ["One"]), ("C", ["Three"], ["One", "Four"]),
            ("D", ["Four"], ["Five"]),
            ("E", ["Five"], ["Three"]), (nil, ["Root"], ["One", "Five"]), ("F", [], ["Root", "One"]),
        ])
        #expect(arrows.circles == [["A", "B"], ["C", "D", "E"]])
    }

    @Test("words of code are found, and none of comments and literals")
    func words() {
        let file = SourceFile(
            path: "Sources/A/B/C.swift",
            lines: [
                "let a = \"Text \\(Inner.of(\"Deep \\(Deeper())\"))\" // Comment", "/// Doc", "let b = Outer()",
                "let c = \"\"\"", "  Long \\(Within.x)", "  \"\"\"",
            ]
        )
        #expect(file.words.isSuperset(of: ["Inner", "Deeper", "Outer", "Within"]))
        #expect(file.words.isDisjoint(with: ["Text", "Deep", "Comment", "Doc", "Long"]))
    }
}
