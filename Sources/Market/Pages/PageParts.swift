import Kernel
import Web

/// Parts that the templates of several pages share.
enum PageParts {
    /// The page's heading, and what its last form came to.
    static let heading = """
        <h1>{{title}}</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        {{#done}}<p class="done" role="status">Done.</p>{{/done}}

        """

    /// Pages that change by themselves do so only for those who want it (WCAG 2.2.1).
    static let watch = """
        {{#watching}}This page looks again every few seconds. <a href="{{here}}">Stop</a>{{/watching}}{{^watching}}<a href="{{here}}">Look again</a> or <a href="{{here}}?watch=1">keep looking</a>.{{/watching}}
        """

    /// A choice of values, the given one chosen.
    static func options(_ values: [(value: String, title: String)], chosen: String) -> [[String: Any]] {
        values.map { value, title in
            var option: [String: Any] = ["value": value, "title": title]
            if value == chosen { option["isChosen"] = true }
            return option
        }
    }

    static let option = """
        <option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{title}}</option>
        """

    /// The members whose numbers are money in the contract.
    private static let money: Set<String> = [
        "total_revenue", "total_settled", "pending_settlement", "total_earned", "total_amount", "platform_fee",
        "net_amount", "revenue",
    ]

    /// The same with its money as people write it: 0.20, not 0.2.
    static func priced(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): .array(values.map(self.priced))
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        guard self.money.contains(name), let number = value.number else {
                            return (name, self.priced(value))
                        }
                        return (name, .string(Micros.text(Int64((number * 1_000_000).rounded()))))
                    }
                )
            )
        default: value
        }
    }
}
