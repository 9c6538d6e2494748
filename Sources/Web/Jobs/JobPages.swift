import Kernel
package import Platform

/// How far long work has come. The page can be left, reloaded and come back to.
package struct JobPages: Sendable {
    private let operations: JobOperations
    private let roles: Set<Role>?
    private let listTemplate: Template
    private let oneTemplate: Template

    /// - Parameter roles: who sees it; nil for everybody who is signed in.
    package init(_ operations: JobOperations, roles: Set<Role>? = nil) {
        self.operations = operations
        self.roles = roles
        self.listTemplate = Template(jobListTemplate, operations.surface.words)
        self.oneTemplate = Template(jobTemplate, operations.surface.words)
    }

    package var pages: [ConsolePage] {
        [
            ConsolePage(path: jobsPath, summary: "Jobs", roles: self.roles, show: self.jobs),
            ConsolePage(path: "\(jobsPath)/{job_id}", summary: "A job", roles: self.roles, show: self.job),
        ]
    }

    /// Where a browser that has begun a job watches it.
    package static func path(of output: JobOutput) -> String { "\(jobsPath)/\(output.job.id.text)?watch=1" }

    @Sendable private func jobs(_ request: PageRequest) async throws -> PageContent {
        let jobs = try await request.ask(self.operations.list).jobs
        return PageContent(
            request.say("jobs"),
            self.listTemplate,
            request,
            ["jobs": request.rows(jobs) { ["what": request.say("job.\($0.job.kind)")] }]
        )
    }

    @Sendable private func job(_ request: PageRequest) async throws -> PageContent {
        let output = try await request.ask(self.operations.job)
        let (job, progress) = (output.job, output.job.progress)
        let isRunning = job.state == .running
        let hasFile = self.operations.files[job.kind] != nil && job.state == .completed
        let result = (JSONValue.parsed(progress.result).object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            ["name": request.say("job_result.\(name)"), "value": value.shown ?? ""] as [String: Any]
        }
        return PageContent(
            request.say("job.\(job.kind)"),
            self.oneTemplate,
            request,
            [
                "job": output, "isRunning": isRunning, "result": result,
                // Nothing to do is done.
                "max": isRunning && progress.total == nil ? nil : "\(max(progress.total ?? 1, 1))",
                "value": "\(progress.total == 0 ? 1 : progress.done)",
                "file": hasFile ? "\(request.base)\(jobsPath)/\(HTML.percentEncode(job.id.text))/file" : nil,
            ],
            isGoingOn: isRunning
        )
    }
}

private let jobsPath = "/account/jobs"

private let jobListTemplate =
    PageParts.heading
    + PageParts.table(
        "[[newest_first_kept_for_a_day]]",
        of: "jobs",
        empty: "[[no_jobs_of_the_last_day]]",
        [
            .init(
                "[[begun_zone]]",
                "<a class=\"whole\" href=\"{{base}}/account/jobs/{{id}}\">{{created_at}}</a>",
                .heading
            ),
            .init("[[task]]", "{{what}}"),
            .init("[[state]]", "<span class=\"state state-{{state}}\">{{state_text}}</span>"),
            .init("[[done]]", "{{done}}{{#total}} / {{total}}{{/total}}", .number),
        ]
    )

private let jobTemplate =
    PageParts.heading + """
        <p><span class="state state-{{job.state}}">{{job.state_text}}</span> {{job.error}}</p>
        <p><label for="progress">{{job.done}}{{#job.total}} / {{job.total}}{{/job.total}} [[steps_done]]</label><br>
        <progress id="progress"{{#max}} max="{{max}}" value="{{value}}"{{/max}}>{{job.done}}</progress></p>
        {{#isRunning}}<p role="status">[[it_goes_on_when_you_leave]] \(PageParts.watch)</p>{{/isRunning}}
        {{#has_result}}<dl class="figures">{{#result}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/result}}</dl>{{/has_result}}
        {{#file}}<p><a class="button" href="{{file}}">[[download_the_file]]</a></p>{{/file}}
        <dl class="facts"><dt>[[begun]]</dt><dd>{{job.created_at}} {{zone}}</dd><dt>[[last_step]]</dt><dd>{{job.updated_at}} {{zone}}</dd><dt>ID</dt><dd class="id">{{job.id}}</dd></dl>
        <p><a href="{{base}}/account/jobs">[[all_jobs]]</a></p>
        """
