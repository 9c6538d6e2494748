/// What is told to whoever keeps programmes or tracking links in memory.
enum ProgramChanges {
    /// Keyed by a tracking code (32 digits) or a programme's number.
    static let topic = "affiliate.tracking"
}
