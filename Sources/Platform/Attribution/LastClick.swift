/// Which of the clicks before an order leads to it: the last valid one whose window is open.
package enum LastClick<Click> {
    case valid(Click)
    /// The last valid one is too old.
    case outsideWindow(Click)
    /// None is valid; the latest one says why.
    case invalid(Click)
    case none

    /// - Parameters:
    ///   - clicks: the newest first.
    ///   - isValid: whether a click counts.
    ///   - isOpen: whether the order falls into its window.
    package init(
        _ clicks: some Sequence<Click>,
        isValid: (Click) throws -> Bool,
        isOpen: (Click) throws -> Bool
    ) rethrows {
        var (late, invalid): (Click?, Click?)
        for click in clicks {
            guard try isValid(click) else {
                invalid = invalid ?? click
                continue
            }
            if try isOpen(click) {
                self = .valid(click)
                return
            }
            late = late ?? click
        }
        self = late.map { .outsideWindow($0) } ?? invalid.map { .invalid($0) } ?? .none
    }
}
