import Kernel
import Platform
import Storage

/// How somebody says where notices are mailed to, and which of them.
extension NoticePages {
    var mailForms: [ConsoleForm] {
        [
            ConsoleForm(path: noticePath + "/mail", summary: "Set the notice address", perform: self.setAddress),
            ConsoleForm(
                path: noticePath + "/mail/confirm",
                summary: "Confirm the notice address",
                perform: self.confirm
            ),
            ConsoleForm(path: noticePath + "/mail/types", summary: "Choose the mailed notices", perform: self.choose),
            ConsoleForm(path: noticePath + "/mail/remove", summary: "Remove the notice address", perform: self.remove),
        ]
    }

    private var surface: String { Kind.contract.name }

    private struct AddressInput: Input {
        let address: String
        init(_ read: inout InputReader) {
            self.address = read.body("address", .string, "Where notices are sent", .mailAddress).trimmed
        }
    }

    @Sendable private func setAddress(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        try Door.requireUncapped(request.session.caller)
        let input: AddressInput = try request.form.read()
        let (person, code) = (request.session.caller.identity, OneTimeCode(self.addresses.house.ids))
        try self.limitCodes(of: request)
        try await self.operations.database.write { tx in
            try self.addresses.set(input.address, of: person, code: code, in: request.language, tx)
            try self.record("notice_address.set", request, in: tx)
        }
        return .goTo(noticePath + "?done=1")
    }

    /// Nobody has a stranger's mailbox filled with codes.
    private func limitCodes(of request: PageRequest) throws {
        let decision = self.codes.take(
            request.session.caller.identity.text,
            limit: PasswordRecovery.askedLimit,
            now: self.addresses.house.clock.now()
        )
        guard decision.isAllowed else { throw Kind.contract.problem(limitedBy: decision) }
    }

    @Sendable private func confirm(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let (person, typed) = (request.session.caller.identity, request.form["code"])
        try await self.operations.database.write { tx in
            // Another's code stays good.
            guard try tx.oneTimeCodes.take(typed, .address, surface: self.surface) == person else {
                throw Problem(.invalid, PasswordRecovery.wrongCode.code)
            }
            try tx.noticeAddresses.confirm(person, surface: self.surface)
        }
        return .goTo(noticePath + "?done=1")
    }

    @Sendable private func choose(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        try Door.requireUncapped(request.session.caller)
        let person = request.session.caller.identity
        let wanted = Set(request.form.all("types"))
        let muted = Set(Kind.allCases.filter(\.isNotified).map(\.rawValue)).subtracting(wanted)
        try await self.operations.database.write {
            try $0.noticeAddresses.mute(muted, of: person, surface: self.surface)
        }
        return .goTo(noticePath + "?done=1")
    }

    @Sendable private func remove(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        try Door.requireUncapped(request.session.caller)
        let person = request.session.caller.identity
        try await self.operations.database.write { tx in
            try tx.noticeAddresses.delete(of: person, surface: self.surface)
            try tx.oneTimeCodes.delete(.address, of: person, surface: self.surface)
            try self.record("notice_address.removed", request, in: tx)
        }
        return .goTo(noticePath + "?done=1")
    }

    private func record(_ action: String, _ request: PageRequest, in tx: Transaction) throws {
        let caller = request.session.caller
        try tx.audit.record(
            actor: caller.credential,
            action: action,
            subject: caller.identity.text,
            detail: self.surface,
            trace: request.call.trace
        )
    }

    /// What the page says of the address.
    func mailValues(_ request: PageRequest) async throws -> [String: Any?] {
        let person = request.session.caller.identity
        let found = try await self.operations.database.read {
            try $0.noticeAddresses.find(of: person, surface: self.surface)
        }
        let types = Kind.allCases.filter(\.isNotified).map { type -> [String: Any] in
            let entry: [String: Any] = ["type": type.rawValue, "title": type.title(in: request.language)]
            return found?.muted.contains(type.rawValue) == true ? entry : entry.merging(["isOn": true]) { $1 }
        }
        return [
            "mails": self.addresses.isOn ? true as Any : nil, "address": found?.address,
            "confirmed": found?.confirmedAt == nil ? nil : true as Any, "types": types,
        ]
    }

    static var mailTemplate: String {
        """
        <section aria-labelledby="mail"><h2 id="mail">[[notices_by_mail]]</h2>
        {{^mails}}<p class="empty">[[no_mail_server]]</p>{{/mails}}
        {{#mails}}{{#address}}{{^confirmed}}<p class="notice">[[address_is_not_confirmed]]</p>
        <form method="post" action="{{base}}/account/notifications/mail/confirm" class="fields">{{{token}}}
        \(PageParts.field("code", "[[code_from_the_mail]]", value: "", "required autocomplete=\"one-time-code\" spellcheck=\"false\" placeholder=\"XXXX-XXXX-XXXX-XXXX\""))
        <p><button>[[confirm]]</button></p></form>{{/confirmed}}
        {{#confirmed}}<form method="post" action="{{base}}/account/notifications/mail/types">{{{token}}}
        <fieldset><legend>[[mailed_to]] <strong>{{address}}</strong></legend>{{#types}}<label><input type="checkbox" name="types" value="{{type}}"{{#isOn}} checked{{/isOn}}>{{.title}}</label>{{/types}}</fieldset>
        <p><button>[[save]]</button></p></form>{{/confirmed}}{{/address}}
        <form method="post" action="{{base}}/account/notifications/mail" class="fields">{{{token}}}
        \(PageParts.field("address", "[[e_mail]]", value: "{{address}}", "type=\"email\" required autocomplete=\"email\""))
        <p><button class="quiet">{{#address}}[[change_or_send_code_again]]{{/address}}{{^address}}[[mail_notices_there]]{{/address}}</button></p></form>
        {{#address}}<form method="post" action="{{base}}/account/notifications/mail/remove">{{{token}}}<p><button class="danger">[[stop_all_mail]]</button></p></form>{{/address}}{{/mails}}</section>
        """
    }
}
