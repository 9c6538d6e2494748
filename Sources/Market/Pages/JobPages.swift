import Kernel
import Web

/// How far long work has come. The page can be left, reloaded and come back to.
struct JobPages: Sendable {
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
    static func path(of job: JSONValue) -> String { "/account/jobs/\(job["id"]?.string ?? "")?watch=1" }

    private static let listTemplate = Template(
        PageParts.heading + """
            {{^jobs}}<p class="empty">No jobs of the last day. Replays, exports and runs of settlements appear here.</p>{{/jobs}}
            {{#hasJobs}}<div class="scroll" tabindex="0" role="region" aria-label="Jobs, a table"><table><caption>Newest first; kept for a day after they have ended</caption>
            <thead><tr><th scope="col">Begun, UTC</th><th scope="col">What</th><th scope="col">State</th><th scope="col" class="number">Done</th></tr></thead>
            <tbody>{{#jobs}}<tr><th scope="row" class="whole"><a href="{{base}}/account/jobs/{{id}}">{{created_at}}</a></th><td>{{what}}</td><td><span class="state state-{{state}}">{{state}}</span></td><td class="number">{{done}}{{#total}} of {{total}}{{/total}}</td></tr>{{/jobs}}</tbody></table></div>{{/hasJobs}}
            """
    )

    @Sendable private func jobs(_ visit: Visit) async throws -> PageContent {
        let jobs = (try await visit.get("/api/v1/jobs")["jobs"]?.array ?? []).map { job in
            job.adding("what", .string(Self.title(of: job)))
        }
        return PageContent(
            "Jobs",
            Self.listTemplate,
            visit,
            ["jobs": JSONValue.array(jobs), "hasJobs": !jobs.isEmpty]
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
        let id = visit.parameter("job_id")
        let job = try await visit.get("/api/v1/jobs/{job_id}", ["job_id": id])
        let isRunning = job["state"] == "running"
        let isFile = job["kind"]?.string == MarketJobs.usageExport && job["state"] == "completed"
        let total = job["total"]?.integer
        let result = (job["result"]?.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            ["name": name.prefix(1).uppercased() + name.dropFirst(), "value": value.shown ?? ""] as [String: Any]
        }
        return PageContent(
            Self.title(of: job),
            Self.oneTemplate,
            visit,
            [
                "job": job, "isRunning": isRunning, "result": result, "hasResult": !result.isEmpty,
                // Nothing to do is done.
                "max": isRunning && total == nil ? nil : "\(max(total ?? 1, 1))",
                "value": "\(total == 0 ? 1 : job["done"]?.integer ?? 0)",
                "file": isFile ? "\(visit.base)/account/jobs/\(HTML.percentEncode(id))/file" : nil,
            ],
            isGoingOn: isRunning
        )
    }

    private static func title(of job: JSONValue) -> String {
        self.titles[job["kind"]?.string ?? ""] ?? job["kind"]?.string ?? ""
    }
}
