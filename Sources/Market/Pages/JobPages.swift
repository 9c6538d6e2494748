import Kernel
import Platform
import Web

/// How far long work has come. The page can be left, reloaded and come back to.
struct JobPages: Sendable {
    let routes: JobRoutes

    private static let titles = [
        MarketJobs.replay: "Sending webhooks again", MarketJobs.settlements: "Settling every provider",
        MarketJobs.usageExport: "Writing calls into a file",
    ]

    var pages: [WorkPage] {
        [
            WorkPage(path: "/account/jobs", summary: "Jobs", roles: nil, show: self.jobs),
            WorkPage(path: "/account/jobs/{job_id}", summary: "A job", roles: nil, show: self.job),
        ]
    }

    /// Where a browser that has begun a job watches it.
    static func path(of job: JobOutput) -> String { "/account/jobs/\(job.id.text)?watch=1" }

    private static let listTemplate = Template(
        PageParts.heading + """
            {{^jobs}}<p class="empty">No jobs of the last day. Replays, exports and runs of settlements appear here.</p>{{/jobs}}
            {{#hasJobs}}<div class="scroll" tabindex="0" role="region" aria-label="Jobs, a table"><table><caption>Newest first; kept for a day after they have ended</caption>
            <thead><tr><th scope="col">Begun, UTC</th><th scope="col">What</th><th scope="col">State</th><th scope="col" class="number">Done</th></tr></thead>
            <tbody>{{#jobs}}<tr><th scope="row" class="whole"><a href="{{base}}/account/jobs/{{id}}">{{created_at}}</a></th><td>{{what}}</td><td><span class="state state-{{state}}">{{state}}</span></td><td class="number">{{done}}{{#total}} of {{total}}{{/total}}</td></tr>{{/jobs}}</tbody></table></div>{{/hasJobs}}
            """
    )

    @Sendable private func jobs(_ visit: Visit) async throws -> PageContent {
        let jobs = try await visit.ask(self.routes.list).jobs
        return PageContent(
            "Jobs",
            Self.listTemplate,
            visit,
            ["jobs": visit.rows(jobs) { ["what": Self.title(of: $0)] }, "hasJobs": !jobs.isEmpty]
        )
    }

    private static let oneTemplate = Template(
        PageParts.heading + """
            <p><span class="state state-{{job.state}}">{{job.state}}</span> {{job.error}}</p>
            <p><label for="progress">{{job.done}}{{#job.total}} of {{job.total}}{{/job.total}} done</label><br>
            <progress id="progress"{{#max}} max="{{max}}" value="{{value}}"{{/max}}>{{job.done}}</progress></p>
            {{#isRunning}}<p role="status">It goes on when you leave this page. \(PageParts.watch)</p>{{/isRunning}}
            {{#hasResult}}<dl class="figures">{{#result}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/result}}</dl>{{/hasResult}}
            {{#file}}<p><a class="button" href="{{file}}">Download the file</a></p>{{/file}}
            <dl class="facts"><dt>Begun</dt><dd>{{job.created_at}} UTC</dd><dt>Last step</dt><dd>{{job.updated_at}} UTC</dd><dt>Id</dt><dd class="id">{{job.id}}</dd></dl>
            <p><a href="{{base}}/account/jobs">All jobs</a></p>
            """
    )

    @Sendable private func job(_ visit: Visit) async throws -> PageContent {
        let job = try await visit.ask(self.routes.job)
        let isRunning = job.state == .running
        let isFile = job.kind == MarketJobs.usageExport && job.state == .completed
        let result = (job.result.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            ["name": name.prefix(1).uppercased() + name.dropFirst(), "value": value.shown ?? ""] as [String: Any]
        }
        return PageContent(
            Self.title(of: job),
            Self.oneTemplate,
            visit,
            [
                "job": job, "isRunning": isRunning, "result": result, "hasResult": !result.isEmpty,
                // Nothing to do is done.
                "max": isRunning && job.total == nil ? nil : "\(max(job.total ?? 1, 1))",
                "value": "\(job.total == 0 ? 1 : job.done)",
                "file": isFile ? "\(visit.base)/account/jobs/\(HTML.percentEncode(job.id.text))/file" : nil,
            ],
            isGoingOn: isRunning
        )
    }

    private static func title(of job: JobOutput) -> String { self.titles[job.kind] ?? job.kind }
}
