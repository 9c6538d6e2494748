/// What is told to whoever keeps programs or tracking links in memory.
enum ProgramChanges {
    /// Keyed by a tracking code (32 digits) or a program's number.
    static let topic = "affiliate.tracking"
}
