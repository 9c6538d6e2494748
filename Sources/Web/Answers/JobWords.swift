package import Platform

extension Job.State: Wire, Vocabulary {
    package static let vocabulary = "job_state"
}
