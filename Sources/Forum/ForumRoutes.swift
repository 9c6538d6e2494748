import Kernel
import Platform
import Storage
import Web

/// Every endpoint and page of the forum but its document.
struct ForumRoutes: Sendable {
    let endpoints: [Endpoint]

    init(_ house: SurfaceDependencies, _ parts: Forum.Parts, _ door: PartnerDoor, _ subdivisions: Subdivisions) {
        let database = house.database
        let console = Console(
            sessions: house.sessions,
            door: house.door,
            contract: ForumContract.shared,
            style: ForumConsole.style(database)
        )
        let members = MemberRoutes(service: parts.members, door: house.door, database: database) { member, tx in
            try tx.posts.withdraw(allOf: .member(member.id))
        }
        let moderation = ModerationRoutes(service: parts.moderation, reports: parts.reports)
        let memberPosts = MemberPostRoutes(service: parts.memberPosts, database: database)
        let memberPages = MemberPages(routes: members, posts: memberPosts, database: database, console: console)
        var endpoints = AgentRoutes(service: parts.agents, door: door, subdivisions: subdivisions).endpoints
        endpoints += PostRoutes(service: parts.posts, door: door, database: database).endpoints
        endpoints += SpecRoutes(judge: parts.posts.judge, database: database, publicURL: house.publicURL).endpoints
        endpoints += members.endpoints + memberPosts.endpoints + moderation.endpoints
        // Pages
        let page = ReadingPage(
            visitors: Visitors(sessions: house.sessions, database: database),
            layout: ForumLayout(publicURL: house.publicURL)
        )
        endpoints += ListPages(database: database, console: console, page: page).endpoints
        endpoints +=
            ThreadPages(database: database, subdivisions: subdivisions, console: console, page: page).endpoints
        endpoints += FeedRoutes(database: database, publicURL: house.publicURL).endpoints
        let signIn = SignIn(
            sessions: house.sessions,
            contract: ForumContract.shared,
            formToken: ForumProblems.formToken
        )
        endpoints += EntryPages(members: members, door: house.door).forms(console, signIn).endpoints
        endpoints += console.endpoints(
            WritingPages(routes: memberPosts, moderation: moderation, database: database).pages
                + memberPages.pages
                + ModerationPages(routes: moderation, database: database, publicURL: house.publicURL).pages
        )
        endpoints.append(memberPages.download)
        self.endpoints = endpoints
    }
}
