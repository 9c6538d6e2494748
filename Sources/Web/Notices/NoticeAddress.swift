package import Kernel
package import Platform
package import Storage

/// Where somebody gets the notices of a surface by mail.
package struct NoticeAddress: Sendable, RowDecodable {
    package let address: String
    package let language: Language
    /// Types that are not mailed.
    package let muted: Set<String>
    /// Nil until its owner has shown that it is theirs; nothing but the code is sent there until then.
    package let confirmedAt: Timestamp?

    package static let columns: StaticString = "address, language, muted, confirmed_at"

    package init(row: inout Row) throws {
        self.address = try row.column()
        self.language = Language(rawValue: try row.column()) ?? .english
        self.muted = Set(try row.column(String.self).bytewise.list(","))
        self.confirmedAt = try row.optional()
    }
}

/// Sets, confirms and removes the addresses of a surface.
package struct NoticeAddresses: Sendable {
    let house: SurfaceDependencies
    private let contract: any SurfaceContract

    package init(_ house: SurfaceDependencies, _ contract: any SurfaceContract) {
        (self.house, self.contract) = (house, contract)
    }

    var isOn: Bool { self.house.mail.isOn }

    /// Sends the code by which its owner confirms the address, unless that was done.
    ///
    /// - Parameter code: a fresh one.
    package func set(
        _ address: String,
        of identity: ID<Identity>,
        code: OneTimeCode,
        in language: Language,
        _ tx: Transaction
    ) throws {
        let surface = self.contract.name
        try tx.noticeAddresses.put(address.trimmed, of: identity, surface: surface, in: language)
        guard self.isOn, try tx.noticeAddresses.find(of: identity, surface: surface)?.confirmedAt == nil else { return }
        try tx.oneTimeCodes.insert(code, .address, of: identity, surface: surface)
        let url = self.house.publicURL + "/account/notifications"
        let mailed = MailedCode(code: code, name: "confirm", url: url, contract: self.contract, language: language)
        try mailed.put(into: self.house.mail, to: address.trimmed, tx)
    }
}

extension NoticeStore {
    /// Sends a notice by mail, where its owner wants that.
    func mail(_ type: Kind, to person: ID<Identity>, _ detail: String) throws {
        let contract = Kind.contract
        guard let to = try self.tx.noticeAddresses.find(of: person, surface: contract.name), to.confirmedAt != nil,
            !to.muted.contains(type.rawValue)
        else { return }
        let display = Display(
            language: to.language,
            timeZone: contract.timeZone,
            dayZone: contract.timeZone,
            word: contract.words.value
        )
        let about = Kind.about(JSONValue.parsed(detail), display).compactMap { $0 }
        let title = type.title(in: to.language)
        let lines = [title] + about + ["", contract.words.say("mail.switch_off", in: to.language)]
        try self.tx.mail.insert(
            surface: contract.name,
            to: to.address,
            subject: ([title] + about.prefix(1)).joined(separator: ": "),
            text: lines.joined(separator: "\n")
        )
    }
}
