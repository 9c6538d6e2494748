import Kernel
import Platform
package import Storage

/// Tells somebody by mail that how they sign in has changed.
package struct SecurityMail: Sendable {
    private let house: SurfaceDependencies
    private let contract: any SurfaceContract

    package init(_ house: SurfaceDependencies, _ contract: any SurfaceContract) {
        (self.house, self.contract) = (house, contract)
    }

    /// In English, since nobody knows who reads it, where the account has chosen no language.
    package func tellChange(of address: String, _ language: Language = .english, in tx: Transaction) throws {
        let say = { (key: String) in
            self.contract.words.say(
                key,
                ["surface": self.contract.title, "url": "\(self.house.publicURL)/recover"],
                in: language
            )
        }
        try self.house.mail.put(
            surface: self.contract.name,
            to: address,
            subject: say("mail.changed_subject"),
            text: say("mail.changed_text").bytewise.replacing("\\n", with: "\n"),
            in: tx
        )
    }
}
