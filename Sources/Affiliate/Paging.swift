import Kernel
import Web

/// Numbers of pages, for the actions whose contract has them: `page`, and `per_page` of at most 50. Other lists have cursors.
struct Paging: Sendable {
    private static let perPageLimit = 50
    private static let pageLimit = 100_000

    private let page: Int
    private let perPage: Int

    var limit: Int { self.perPage }
    var offset: Int { (self.page - 1) * self.perPage }

    private static let pageRule = Rule<Int>.range(1...pageLimit)
    private static let perPageRule = Rule<Int>.range(1...perPageLimit)

    /// Of an action's parameters.
    init(_ read: inout InputReader) {
        self.page = read.body("page", .integer, default: 1, json: 1, "Page number", Self.pageRule)
        self.perPage = read.body("per_page", .integer, default: 20, json: 20, "Items per page", Self.perPageRule)
    }

    /// Where a page stands among the others.
    struct Numbers: Answer {
        let total: Int
        let page: Int
        let perPage: Int
        var pages: Int { (self.total + self.perPage - 1) / self.perPage }

        static let members: [Member<Self>] = [
            Member("total", \.total, "How many there are in all", example: 1),
            Member("page", \.page, "Number of this page", example: 1),
            Member("per_page", \.perPage, "How many a page has at most", example: 20),
            Member("total_pages", \.pages, "How many pages there are", example: 1),
        ]
    }

    /// Part of a list with its place: `{"partnerships": […], "total": 1, …}`.
    func page<Item: PagedItem>(_ items: [Item], total: Int) -> NumberedPage<Item> {
        NumberedPage(items: items, numbers: self.numbers(total: total))
    }

    func numbers(total: Int) -> Numbers { Numbers(total: total, page: self.page, perPage: self.perPage) }
}

/// An action that takes nothing but its page.
struct PageInput: Input {
    let paging: Paging
    init(_ read: inout InputReader) { self.paging = Paging(&read) }
}

/// What stands in numbered pages, under a name of its own.
protocol PagedItem: Wire {
    static var listName: String { get }
    static var listSummary: String { get }
}

struct NumberedPage<Item: PagedItem>: Answer {
    let items: [Item]
    let numbers: Paging.Numbers

    static var members: [Member<Self>] {
        [Member(Item.listName, \.items, Item.listSummary)] + Member.all(of: \.numbers)
    }
}
