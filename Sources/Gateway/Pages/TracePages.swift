import Kernel
import Platform
import Web

/// What runs have done: a list, and one of them as a waterfall.
struct TracePages: Sendable {
    let routes: TraceRoutes
    let postings: PostingRoutes

    var pages: [ConsolePage] { [self.list, self.one] }

    private static let listTemplate = GatewayConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.field("agent", "[[agent]]", value: "{{agent}}"))\(PageParts.field("q", "[[search]]", value: "{{q}}", "type=\"search\""))\(PageParts.choice("status", "[[state]]", of: "statuses"))<p><button>[[filter]]</button></p></form>
            """
            + PageParts.table(
                "[[newest_first]]",
                of: "traces",
                empty: "[[no_traces_yet]]",
                [
                    .init("[[begun_zone]]", "<a href=\"{{base}}/traces/{{id}}\">{{start_time}}</a>", .heading),
                    .init("[[agent]]", "{{agent_key}}"), .init("[[user]]", "{{user_id}}"),
                    .init("[[asked]]", "{{input_preview}}"),
                    .init("[[state]]", "<span class=\"state state-{{status}}\">{{status_word}}</span>"),
                    .init("[[calls_and_tools]]", "{{llm_call_count}} / {{tool_call_count}}", .number),
                    .init("[[tokens]]", "{{total_input_tokens}} / {{total_output_tokens}}", .number),
                    .init("[[cost]]", "{{cost}} USD", .number), .init("[[duration]]", "{{duration_ms}} ms", .number),
                ]
            ) + PageParts.older
    )

    private var list: ConsolePage {
        ConsolePage(path: "/traces", summary: "Traces", roles: GatewayConsole.readers) { request in
            var given: [String: JSONValue] = ["limit": 50]
            for name in ["agent", "q", "status"] where !request.query(name).isEmpty {
                given[name] = .string(request.query(name))
            }
            let offset = Int(request.query("offset")) ?? 0
            given["offset"] = .int(max(0, offset))
            let list = try await request.ask(self.routes.list, given)
            let statuses =
                [("", request.say("all"))]
                + RunRecord.Status.allCases.map { ($0.rawValue, request.word("run_status", $0.rawValue)) }
            return PageContent(
                request.say("traces"),
                Self.listTemplate,
                request,
                [
                    "traces": request.rows(list.traces) { output in
                        [
                            "base": request.base, "cost": output.run.cost.decimal,
                            "input_preview": output.isShown ? output.run.inputPreview.beginning(80) : "",
                            "status_word": request.word("run_status", output.run.status.rawValue),
                        ]
                    }, "statuses": PageParts.options(statuses, chosen: request.query("status")),
                    "agent": request.query("agent"), "q": request.query("q"),
                    "older": offset + 50 < list.total
                        ? "\(request.here)?offset=\(offset + 50)&agent=\(HTML.percentEncode(request.query("agent")))&q=\(HTML.percentEncode(request.query("q")))&status=\(HTML.percentEncode(request.query("status")))"
                        : nil,
                ]
            )
        }
    }

    // MARK: One

    private static let oneTemplate = GatewayConsole.template(
        PageParts.heading + """
            {{#trace}}<dl class="figures"><div><dt>[[cost]]</dt><dd>{{cost}} USD</dd></div><div><dt>[[duration]]</dt><dd>{{duration_ms}} ms</dd></div><div><dt>[[calls_of_models]]</dt><dd>{{llm_call_count}}</dd></div><div><dt>[[calls_of_tools]]</dt><dd>{{tool_call_count}}</dd></div></dl>
            <dl class="facts">{{#agent_key}}<dt>[[agent]]</dt><dd><a href="{{base}}/agents/{{agent_key}}">{{agent_key}}</a></dd>{{/agent_key}}<dt>[[user]]</dt><dd>{{user_id}}</dd><dt>[[state]]</dt><dd>{{status_word}} ({{stop_reason}}) {{error}}</dd><dt>[[conversation]]</dt><dd>{{session_key}}</dd>{{#is_estimated}}<dt>[[cost]]</dt><dd>[[partly_estimated]]</dd>{{/is_estimated}}</dl>
            <h2>[[asked]]</h2><p class="said">{{input_preview}}</p><h2>[[answered]]</h2><p class="said said-assistant">{{output_preview}}</p>{{/trace}}
            <h2>[[steps]]</h2><div class="scroll" tabindex="0" role="region" aria-label="[[steps]]">{{{chart}}}</div>
            """
            + PageParts.table(
                "[[the_same_figures_as_a_table]]",
                of: "spans",
                empty: "[[nothing_has_happened_yet]]",
                [
                    .init("[[step]]", "{{name}}", .heading),
                    .init("[[state]]", "<span class=\"state state-{{status}}\">{{status_word}}</span> {{error}}"),
                    .init("[[started_after]]", "{{after}} ms", .number),
                    .init("[[duration]]", "{{duration_ms}} ms", .number),
                    .init("[[tokens]]", "{{input_tokens}} / {{output_tokens}}", .number),
                    .init("[[cost]]", "{{cost}} USD", .number),
                    .init(
                        "[[what_came_of_it]]",
                        "{{#shown}}<details><summary>{{brief}}</summary><pre tabindex=\"0\">{{shown}}</pre></details>{{/shown}}"
                    ),
                ]
            ) + PageParts.table("[[postings]]", of: "postings", empty: "[[no_postings_yet]]", PostingRows.columns)
    )

    private var one: ConsolePage {
        ConsolePage(path: "/traces/{id}", summary: "A trace", roles: GatewayConsole.readers) { request in
            let detail = try await request.ask(self.routes.get, ["id": .string(request.parameter("id"))])
            let postings = try await request.ask(self.postings.ofTrace, ["id": .string(request.parameter("id"))])
            let run = detail.trace.run
            var trace = detail.trace.shown(request.display) as? [String: Any] ?? [:]
            trace["base"] = request.base
            trace["cost"] = run.cost.decimal
            trace["status_word"] = request.word("run_status", run.status.rawValue)
            return PageContent(
                request.say("trace_of", ["agent": run.agentKey.nonEmpty ?? run.name]),
                Self.oneTemplate,
                request,
                [
                    "trace": trace, "chart": Waterfall.svg(request.say("steps"), detail.spans.map(\.span)),
                    "postings": PostingRows.rows(postings.postings, request),
                    "spans": request.rows(detail.spans) { output in
                        let said = [output.said("input_preview"), output.said("output_preview")].filter { !$0.isEmpty }
                            .joined(separator: "\n→ ")
                        return [
                            "after": "\(max(0, output.span.startedAt.milliseconds(since: run.startedAt)))",
                            "cost": output.span.cost.decimal,
                            "status_word": request.word("run_status", output.status),
                            "shown": said.nonEmpty, "brief": said.beginning(40),
                        ]
                    },
                ]
            )
        }
    }
}

/// The steps of a run under each other, each as long as it took. A table with the same figures stands beside it.
///
/// A narrow window gets a drawing of its own, in which each step's name stands above its bar.
enum Waterfall {
    private static let shownLimit = 200
    private static let (labelHeight, lineHeight) = (18, 26)

    static func svg(_ title: String, _ spans: [Span]) -> Markup {
        guard let start = spans.map(\.startedAt).min(), let end = spans.map(\.endedAt).max() else { return "" }
        let bars = spans.prefix(self.shownLimit).map { Bar($0, from: start, through: end) }
        return """
            <div class="charts">\(self.svg("wide", title, bars, width: 640, beside: 230))\(self.svg("narrow", title, bars, width: 320, beside: 0))</div>
            """
    }

    /// - Parameter beside: how much room names have left of the bars; none puts them above.
    private static func svg(_ name: String, _ title: String, _ bars: [Bar], width: Int, beside: Int) -> Markup {
        let above = beside == 0 ? self.labelHeight : 0
        let step = self.lineHeight + above
        let lines: [Markup] = bars.enumerated().map { index, bar in
            let y = index * step
            let x = beside + Int(nearest: bar.begin * Double(width))
            let length = max(3, Int(nearest: bar.length * Double(width)))
            return """
                <g><title>\(bar.text)</title>
                <text class="axis" x="\(bar.isRoot ? 0 : 14)" y="\(y + 17)">\(bar.name)</text>
                <rect class="\(bar.kind)" x="\(x)" y="\(y + above + 5)" width="\(length)" height="16" rx="3"/></g>
                """
        }
        let (full, height) = (beside + width + 8, bars.count * step + 8)
        return """
            <svg class="chart chart-\(name)" role="img" aria-label="\(title)" width="\(full)" height="\(height)" viewBox="0 0 \(full) \(height)">\(lines)</svg>
            """
    }

    private struct Bar {
        let name: String
        let text: String
        let kind: String
        let isRoot: Bool
        /// Parts of the whole.
        let (begin, length): (Double, Double)

        init(_ span: Span, from start: Timestamp, through end: Timestamp) {
            let whole = Double(max(1, end.microseconds - start.microseconds))
            self.isRoot = span.parent.isEmpty
            // The row of a run is written with its first call, which had begun then.
            let begun = self.isRoot ? start : span.startedAt
            self.begin = Double(begun.microseconds - start.microseconds) / whole
            self.length = Double(span.endedAt.microseconds - begun.microseconds) / whole
            self.kind = span.isError ? "bar bar-bad" : span.kind == .tool ? "bar bar-tool" : "bar"
            self.name = span.name.beginning(28)
            let milliseconds = max(0, span.endedAt.milliseconds(since: span.startedAt))
            self.text = "\(span.name): \(milliseconds) ms, \(span.cost.decimal) USD"
        }
    }
}
