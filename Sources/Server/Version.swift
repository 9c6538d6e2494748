package enum Version {
    package static let text = "0.1.0"
    /// Of the source that was built, where the build says so (`SOUK_REVISION`).
    package static let revision = "unknown"
}
