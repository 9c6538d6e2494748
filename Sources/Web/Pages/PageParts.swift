/// Parts that the templates of several pages share.
package enum PageParts {
    /// The page's heading, and what its last form came to.
    package static let heading = """
        <h1>{{title}}</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        {{#done}}<p class="done" role="status">[[Done.]]</p>{{/done}}

        """

    /// Pages that change by themselves do so only for those who want it (WCAG 2.2.1).
    package static let watch = """
        {{#watching}}[[This page looks again every few seconds.]] <a href="{{here}}">[[Stop]]</a>{{/watching}}{{^watching}}<a href="{{here}}">[[Look again]]</a> · <a href="{{here}}?watch=1">[[Keep looking]]</a>{{/watching}}
        """

    /// A choice of values, the given one chosen.
    package static func options(_ values: [(value: String, title: String)], chosen: String) -> [[String: Any]] {
        values.map { value, title in
            var option: [String: Any] = ["value": value, "title": title]
            if value == chosen { option["isChosen"] = true }
            return option
        }
    }

    package static let option = """
        <option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{title}}</option>
        """
}
