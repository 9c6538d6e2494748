import Kernel
import Platform
import Web

/// How far long work has come. The page can be left, reloaded and come back to.
struct JobPages: Sendable {
    let routes: JobRoutes

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
            {{^jobs}}<p class="empty">[[no_jobs_of_the_last_day]]</p>{{/jobs}}
            {{#hasJobs}}<div class="scroll" tabindex="0" role="region" aria-label="[[jobs]] ([[table]])"><table><caption>[[newest_first_kept_for_a_day]]</caption>
            <thead><tr><th scope="col">[[begun_utc]]</th><th scope="col">[[what]]</th><th scope="col">[[state]]</th><th scope="col" class="number">[[done]]</th></tr></thead>
            <tbody>{{#jobs}}<tr><th scope="row" class="whole"><a href="{{base}}/account/jobs/{{id}}">{{created_at}}</a></th><td>{{what}}</td><td><span class="state state-{{state}}">{{state_text}}</span></td><td class="number">{{done}}{{#total}} / {{total}}{{/total}}</td></tr>{{/jobs}}</tbody></table></div>{{/hasJobs}}
            """,
        MarketWords.all
    )

    @Sendable private func jobs(_ visit: Visit) async throws -> PageContent {
        let jobs = try await visit.ask(self.routes.list).jobs
        return PageContent(
            visit.say("jobs"),
            Self.listTemplate,
            visit,
            ["jobs": visit.rows(jobs) { ["what": visit.say("job.\($0.kind)")] }, "hasJobs": !jobs.isEmpty]
        )
    }

    private static let oneTemplate = Template(
        PageParts.heading + """
            <p><span class="state state-{{job.state}}">{{job.state_text}}</span> {{job.error}}</p>
            <p><label for="progress">{{job.done}}{{#job.total}} / {{job.total}}{{/job.total}} [[steps_done]]</label><br>
            <progress id="progress"{{#max}} max="{{max}}" value="{{value}}"{{/max}}>{{job.done}}</progress></p>
            {{#isRunning}}<p role="status">[[it_goes_on_when_you_leave]] \(PageParts.watch)</p>{{/isRunning}}
            {{#hasResult}}<dl class="figures">{{#result}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/result}}</dl>{{/hasResult}}
            {{#file}}<p><a class="button" href="{{file}}">[[download_the_file]]</a></p>{{/file}}
            <dl class="facts"><dt>[[begun]]</dt><dd>{{job.created_at}} UTC</dd><dt>[[last_step]]</dt><dd>{{job.updated_at}} UTC</dd><dt>ID</dt><dd class="id">{{job.id}}</dd></dl>
            <p><a href="{{base}}/account/jobs">[[all_jobs]]</a></p>
            """,
        MarketWords.all
    )

    @Sendable private func job(_ visit: Visit) async throws -> PageContent {
        let job = try await visit.ask(self.routes.job)
        let isRunning = job.state == .running
        let isFile = job.kind == MarketJobs.usageExport && job.state == .completed
        let result = (job.result.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            ["name": visit.say("job_result.\(name)"), "value": value.shown ?? ""] as [String: Any]
        }
        return PageContent(
            visit.say("job.\(job.kind)"),
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
}
