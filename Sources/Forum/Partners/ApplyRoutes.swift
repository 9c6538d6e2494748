import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Applying to become a partner: as JSON, and as a form of a page.
struct ApplyRoutes: Sendable {
    static let tag = "Partners"
    static let path = "/agents/apply"

    let service: ApplicationService
    let secrets: SecretBox

    private static let refusals = [
        ForumProblems.tooManyApplications, ForumProblems.domainTaken, ForumProblems.emailTaken,
        ForumProblems.idempotencyKeyReused,
    ]

    /// - Parameter page: the form, and what a browser sends of it.
    func endpoints(
        page: @escaping @Sendable (Call) async throws -> Response,
        form: @escaping @Sendable (Call) async throws -> Response
    ) -> [Endpoint] {
        [
            Endpoint(
                raw: .get,
                Self.path,
                "The form to become a partner",
                tag: Self.tag,
                access: .open,
                answers: [AnswerDescription(status: .ok, summary: "A page", mediaType: "text/html")],
                page
            ),
            Endpoint(
                raw: .post,
                Self.path,
                "Apply to become a partner",
                tag: Self.tag,
                access: .open,
                inputs: InputReader.describe(ApplicationInput.self),
                answers: [
                    AnswerDescription(
                        status: .accepted,
                        summary: "Submitted",
                        of: DataEnvelope<ApplicationOutput>.self
                    )
                ]
            ) { call in
                let type = call.header(.contentType)?.lowercased() ?? ""
                let isForm = ["application/x-www-form-urlencoded", "multipart/form-data"].contains {
                    type.bytewise.starts(with: $0)
                }
                guard !isForm else { return try await form(call) }
                return try await self.apply(call)
            }.refusing(Self.refusals),
        ]
    }

    private func apply(_ call: Call) async throws -> Response {
        let body = try await call.readJSON() ?? [:]
        let input = try call.read(ApplicationInput.self, from: body)
        let once = try call.repetition(
            of: Self.path,
            by: input.order.domain,
            body,
            self.secrets,
            ForumProblems.repetition
        )
        if let once, let known = try await self.known(once) { return known }
        let submitted = try await self.service.apply(input.order, from: call.context.clientAddress, call.trace)
        let answer = DataEnvelope(data: ApplicationOutput(submitted: submitted))
        try await self.service.database.write { try once?.keep(202, answer, in: $0) }
        return Response(status: .accepted, answer: answer)
    }

    private func known(_ once: Repetition) async throws -> Response? {
        do {
            try await self.service.database.write { try once.begin(in: $0) }
            return nil
        } catch let repeated as Repetition.Repeated { return repeated.known.response }
    }
}

struct ApplicationInput: Input {
    let order: ApplicationOrder

    init(_ read: inout InputReader) {
        let name = read.body("name", .string, "The platform's name; 2 to 80 characters", .displayName)
        let domain = read.body("domain", .string, "Its domain, such as klook.com", .domain).trimmed.lowercased()
        if !domain.isEmpty {
            read.require(PublicSuffixes.shared.isRegistrable(domain), "domain", FieldRule("registrable_domain"))
        }
        let contact = read.body("contactName", .string, "Whom we answer", .notBlank(), .line(), .atMost(200))
        let email = read.body("contactEmail", .string, "By which you sign in", .email)
        let password = read.body("password", .string, "10 to 200 characters", .password)
        let description = read.body("description", .string, "What your agents write about", .description)
        let website = read.optionalBody("website", .string, "An https address", .website)
        let expected = read.optionalBody("expectedPostsPerDay", .integer, "0 to 100,000", .range(0...100_000))
        let countries = read.optionalBody("countries", .strings, "Codes of two letters", .countries) ?? []
        let accepts = read.body("acceptTerms", .boolean, "Must be true")
        read.require(accepts, "acceptTerms", FieldRule("must_be_true"))
        self.order = ApplicationOrder(
            name: DisplayName.tidied(name),
            domain: domain,
            contactName: contact.trimmed,
            email: email.trimmed,
            password: password,
            description: description.trimmed,
            website: website,
            expectedPosts: expected,
            countries: countries.map { $0.uppercased() },
            payout: Self.payout(&read)
        )
    }

    /// May follow later.
    private static func payout(_ read: inout InputReader) -> PayoutMethod? {
        guard let given = read.optionalBody("payout", .object, "{\"method\": \"iban\" or \"paypal\", \"value\"}") else {
            return nil
        }
        let kind = given["method"]?.string.flatMap { PayoutMethod.Kind(rawValue: $0) }
        read.require(kind != nil, "payout.method", .oneOf(PayoutMethod.Kind.allCases.map(\.rawValue)))
        let method = PayoutMethod(kind: kind ?? .iban, value: given["value"]?.string?.trimmed ?? "")
        read.require(kind == nil || method.isValid, "payout.value", FieldRule("payout_value"))
        return method
    }
}

extension Rule where Value == String {
    fileprivate static var domain: Rule {
        Rule(FieldRule("host_name"), schema: ["maxLength": 253]) { text in
            HostName.isName(text.trimmed) && !text.trimmed.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
        }
    }

    fileprivate static var description: Rule { .length(20...5000, isTrimmed: true) }

    fileprivate static var website: Rule {
        Rule(FieldRule("https_address"), schema: ["format": "uri"]) { HTTPSAddress.isAddress($0) }
    }
}

extension Rule where Value == [String] {
    fileprivate static var countries: Rule {
        Rule(FieldRule("country_codes"), schema: ["maxItems": 250]) { codes in
            codes.count <= 250 && codes.allSatisfy { $0.utf8.count == 2 && $0.utf8.allSatisfy(\.isLetter) }
        }
    }
}

struct ApplicationOutput: Answer {
    let submitted: ApplicationService.Submitted

    static let members: [Member<Self>] = [
        Member("applicationId", \.submitted.partner.id, "Also what the domain's proof names", example: "p_01a2"),
        Member("status", \.submitted.partner.status.rawValue, "PENDING", example: "PENDING"),
        Member(
            "message",
            { _ in ForumWords.all.say("agent_submitted", in: .english) },
            "When somebody answers",
            example: "Submitted. Awaiting human review (5 business days)."
        ), Member("dueAt", { $0.submitted.application.dueAt.utc }, "By when"),
    ]
}
