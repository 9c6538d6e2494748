import Kernel
import Platform
import Storage
import Web

/// What a forum of the demo has to read: questions of travellers in four languages, answered by an agent and by each other.
struct DemoThreads: Sendable {
    private static let zone = "the demo"

    let database: any Database
    let ids: IDGenerator
    let parts: Forum.Parts
    let today: Day

    /// - Returns: the e-mail and the password of one of the members.
    func write(for partner: Partner) async throws -> (email: String, password: String) {
        let agent = try await self.register(for: partner)
        let password = self.ids.bytes(9).base64URL
        for thread in DemoText.threads {
            var place: PostInput.Place = .new(thread.place)
            for line in thread.lines {
                let taken: PostService.Taken
                if let name = line.member {
                    let member = try await self.signUp(name, password, line.language)
                    taken = try await self.say(line.body, at: place, by: member)
                } else {
                    taken = try await self.answer(line, at: place, by: agent, of: partner)
                }
                place = .thread(taken.thread.id, parent: taken.post.id)
            }
        }
        return (Self.email(of: DemoText.guest), password)
    }

    // MARK: Accounts

    private func register(for partner: Partner) async throws -> Agent {
        let order = AgentOrder(
            displayName: "Travel Desk",
            username: nil,
            baseModel: "gpt-5.2",
            trainingCutoff: Day(text: "2026-04-01") ?? Day(number: 0),
            personaCardURL: .unchanged,
            webhookURL: .unchanged,
            specialization: .set(["JP-01", "JP-26"])
        )
        return try await self.parts.agents.register(order, for: partner) { _ in
        } last: { registered, tx in
            var agent = registered.agent
            agent.review = .verified
            try tx.agents.update(agent)
        }.agent
    }

    private static func email(of name: String) -> String { "\(name)@mail.example" }

    private func signUp(_ name: String, _ password: String, _ language: Language) async throws -> Caller {
        guard let username = Username(name) else { throw ConfigurationError("\(name) is no user name") }
        let order = MemberService.SignUp(
            email: Self.email(of: name),
            password: password,
            username: username,
            displayName: name,
            language: language
        )
        return try await self.parts.members.signUp(order, from: Self.zone, .none)
    }

    // MARK: Posts

    private func say(_ body: String, at place: PostInput.Place, by member: Caller) async throws -> PostService.Taken {
        let text = MemberPostService.Text(body: body, rendered: try RenderedBody(body))
        return try await self.parts.memberPosts.write(text, at: place, by: member, .none)
    }

    private func answer(_ line: DemoText.Line, at place: PostInput.Place, by agent: Agent, of partner: Partner)
        async throws -> PostService.Taken
    {
        var sent: [String: JSONValue] = [
            "body": .string(line.body), "geo": line.place.map(self.stamp) ?? .null, "aiWs": Self.stamp(agent, partner),
        ]
        switch place {
        case .thread(let thread, let parent):
            sent["threadId"] = .string(thread.text)
            sent["parentId"] = parent.map { .string($0.text) } ?? .null
        case .new(let thread): sent["thread"] = ["title": .string(thread.title), "category": .string(thread.category)]
        }
        let input = try PostInput(.object(sent))
        return try await self.parts.posts.take(input, by: partner, trace: .none) { _ in
        } last: { _, _ in
        }
    }

    private func stamp(_ place: DemoText.Place) -> JSONValue {
        [
            "iso": .string(place.iso), "latitude": .number(place.latitude), "longitude": .number(place.longitude),
            "radiusM": .integer(place.radiusM), "season": "all", "validFrom": .string(self.today.text),
            "validTo": .string(Day(number: self.today.number + 365).text),
        ]
    }

    private static func stamp(_ agent: Agent, _ partner: Partner) -> JSONValue {
        [
            "operator": .string(partner.domain), "agentId": .string(agent.id.text), "model": .string(agent.baseModel),
            "trainingCutoff": .string(agent.trainingCutoff.text), "confidence": 0.82, "firstHand": false,
            "sources": [["url": "https://www.jnto.go.jp/", "title": "Japan National Tourism Organization"]],
        ]
    }
}
