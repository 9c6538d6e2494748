import Kernel

/// Whom it is for, how old they are, on what occasion, and where they live.
extension SentenceReading {
    private static let recipients = [
        "nephew", "niece", "grandchild", "son", "daughter", "boy", "girl", "child", "baby", "mother", "father",
        "parents",
        "grandmother", "grandfather", "wife", "husband", "girlfriend", "boyfriend", "brother", "sister", "friend",
        "colleague", "boss", "teacher", "student", "elderly",
    ]
    private static let occasions = ["birthday", "christmas", "christmas_eve", "new_year", "valentine", "wedding"]
    /// Countries that are known.
    static let regions = [
        "US", "UK", "GB", "JP", "CN", "VN", "DE", "FR", "CA", "AU", "KR", "SG", "TW", "HK", "TH", "IN", "IT", "ES",
    ]

    mutating func readPeople() {
        for index in self.items.indices where self.isFree(index) {
            if let age = self.items[index].quantity?.age, let micros = self.items[index].quantity?.micros {
                let number = Micros.shortest(micros)
                self.intent.age = age == "months" ? "\(number) months" : number
                self.add(.age, self.intent.age ?? number, index...index)
                self.take([index])
            }
        }
        let isForSomebody = self.intent.age != nil || self.items.contains { $0.says("gift") }
        for index in self.items.indices where self.isFree(index) {
            let item = self.items[index]
            if item.says("gift") {
                self.intent.isGift = true
                self.add(.gift, "gift", index...index)
                self.take([index])
            }
            guard self.intent.recipient == nil, let recipient = Self.recipients.first(where: { item.says($0) }) else {
                continue
            }
            // *Kids headphones* are a kind of headphones.
            let before = self.neighbour(of: index, -1)
            let isNamed = before.map { self.items[$0].says("for_before") } ?? false
            let follows = self.isFree(index + 1) && self.items[index + 1].says(anyOf: ["for_after", "particle"])
            guard isForSomebody || isNamed || follows || !item.isContent else { continue }
            self.intent.recipient = recipient
            self.add(.recipient, recipient, index...index)
            self.take([index])
            self.takePossessive(after: index)
            if isNamed, let before { self.take([before]) }
        }
    }

    /// `mother's birthday`
    private mutating func takePossessive(after index: Int) {
        guard self.isFree(index + 2), case .symbol(0x27) = self.items[index + 1].kind else { return }
        if self.sentence.original(self.items[index + 2].range).lowercased() == "s" {
            self.take([index + 1, index + 2])
        }
    }

    mutating func readOccasion() {
        for index in self.items.indices where self.isFree(index) {
            guard let occasion = Self.occasions.first(where: { self.items[index].says($0) }) else { continue }
            self.intent.occasion = occasion
            self.add(.occasion, occasion, index...index)
            self.take([index])
            return
        }
    }

    /// A country counts where something is said to be, or to go.
    mutating func readRegion() {
        for index in self.items.indices where self.isFree(index) {
            guard let region = Self.regions.first(where: { self.items[index].says($0) }) else { continue }
            let before = index - 1
            let after = index + 1
            let isIn = self.isFree(before) && self.items[before].says("in_region")
            let isWithin = self.isFree(after) && self.items[after].says("region_after")
            let isMade =
                self.isFree(before) && self.items[before].says("made_in")
                || self.isFree(after) && self.items[after].says("made_in")
            guard isIn || isWithin, !isMade else { continue }
            let range = (isIn ? before : index)...(isWithin ? after : index)
            self.intent.region = region
            self.add(.region, region, range, isHard: true)
            self.take(range)
            return
        }
    }
}
