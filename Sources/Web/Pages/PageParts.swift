/// Parts that the templates of several pages share.
package enum PageParts {
    /// The page's heading, and what its last form came to.
    package static let heading = """
        <h1>{{title}}</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        {{#done}}<p class="done" role="status">{{{done}}}</p>{{/done}}

        """

    /// Pages that change by themselves do so only for those who want it (WCAG 2.2.1).
    package static let watch = """
        {{#watching}}[[this_page_looks_again]] <a href="{{here}}">[[stop_looking]]</a>{{/watching}}{{^watching}}<a href="{{here}}">[[look_again]]</a> · <a href="{{here}}?watch=1">[[keep_looking]]</a>{{/watching}}
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

    /// Where a list goes on: `older` among the page's values.
    package static let older = "{{#older}}<p><a href=\"{{older}}\" rel=\"next\">[[older]]</a></p>{{/older}}"

    /// A column of a table: its heading, and what stands in its cells.
    package struct Column: Sendable {
        package enum Kind: Sendable {
            case text, number
            /// What its line is called.
            case heading
        }

        let title: String
        let cell: String
        let kind: Kind

        package init(_ title: String, _ cell: String, _ kind: Kind = .text) {
            self.title = title
            self.cell = cell
            self.kind = kind
        }
    }

    /// A table of a list of the page's values, or the words for an empty one.
    ///
    /// - Parameter rows: the list's name among the values.
    package static func table(_ caption: String, of rows: String, empty: String, _ columns: [Column]) -> String {
        let heads = columns.map { column in
            "<th scope=\"col\"\(column.kind == .number ? " class=\"number\"" : "")>\(column.title)</th>"
        }
        let cells = columns.map { column in
            switch column.kind {
            case .text: "<td>\(column.cell)</td>"
            case .number: "<td class=\"number\">\(column.cell)</td>"
            case .heading: "<th scope=\"row\">\(column.cell)</th>"
            }
        }
        return """
            {{^has_\(rows)}}<p class="empty">\(empty)</p>{{/has_\(rows)}}
            {{#has_\(rows)}}<div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table><caption>\(caption)</caption>
            <thead><tr>\(heads.joined())</tr></thead>
            <tbody>{{#\(rows)}}<tr>\(cells.joined())</tr>{{/\(rows)}}</tbody></table></div>{{/has_\(rows)}}
            """
    }

    /// A field of a form with its label; what was typed stays.
    ///
    /// - Parameters:
    ///   - value: in Mustache.
    ///   - attributes: of the input, such as `required`.
    package static func field(_ name: String, _ label: String, value: String, _ attributes: String = "") -> String {
        """
        <p><label for="\(name)">\(label)</label><br><input id="\(name)" name="\(name)" value="\(value)" \(attributes)></p>
        """
    }

    package static func area(_ name: String, _ label: String, value: String) -> String {
        """
        <p><label for="\(name)">\(label)</label><br><textarea id="\(name)" name="\(name)">\(value)</textarea></p>
        """
    }

    /// - Parameter accept: the kinds of files that a browser offers.
    package static func file(_ name: String, _ label: String, accept: String) -> String {
        """
        <p><label for="\(name)">\(label)</label><br><input id="\(name)" name="\(name)" type="file" accept="\(accept)"></p>
        """
    }

    /// - Parameter options: the name of the choices among the values.
    package static func choice(_ name: String, _ label: String, of options: String) -> String {
        """
        <p><label for="\(name)">\(label)</label><br><select id="\(name)" name="\(name)">{{#\(options)}}\(self.option){{/\(options)}}</select></p>
        """
    }

    /// A box; `checked` is the name of a value that is there when it is ticked.
    package static func box(_ name: String, _ label: String, checked: String) -> String {
        """
        <label><input type="checkbox" name="\(name)" value="true"{{#\(checked)}} checked{{/\(checked)}}>\(label)</label>
        """
    }
}
