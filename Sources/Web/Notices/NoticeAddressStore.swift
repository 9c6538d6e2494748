package import Kernel
package import Platform
package import Storage

package struct NoticeAddressStore {
    let tx: Transaction

    package func find(of identity: ID<Identity>, surface: String) throws -> NoticeAddress? {
        try self.tx.row(
            """
            SELECT \(raw: NoticeAddress.columns) FROM notice_address
            WHERE surface = \(surface) AND identity_id = \(identity)
            """
        )
    }

    /// Not confirmed yet, unless it is the same one. What is muted stays so.
    func put(_ address: String, of identity: ID<Identity>, surface: String, in language: Language) throws {
        try self.tx.execute(
            """
            INSERT INTO notice_address (surface, identity_id, address, language, muted)
            VALUES (\(surface), \(identity), \(address), \(language.rawValue), '')
            ON CONFLICT (surface, identity_id) DO UPDATE SET address = excluded.address, language = excluded.language,
                confirmed_at = CASE WHEN notice_address.address = excluded.address
                    THEN notice_address.confirmed_at ELSE NULL END
            """
        )
    }

    func confirm(_ identity: ID<Identity>, surface: String) throws {
        try self.tx.execute(
            """
            UPDATE notice_address SET confirmed_at = \(self.tx.now)
            WHERE surface = \(surface) AND identity_id = \(identity)
            """
        )
    }

    func mute(_ types: Set<String>, of identity: ID<Identity>, surface: String) throws {
        try self.tx.execute(
            """
            UPDATE notice_address SET muted = \(types.sorted().joined(separator: ","))
            WHERE surface = \(surface) AND identity_id = \(identity)
            """
        )
    }

    func delete(of identity: ID<Identity>, surface: String) throws {
        try self.tx.execute(
            "DELETE FROM notice_address WHERE surface = \(surface) AND identity_id = \(identity)"
        )
    }
}

extension Transaction {
    package var noticeAddresses: NoticeAddressStore { NoticeAddressStore(tx: self) }
}
