/// What accounts of several surfaces are for.
extension AccountKey.Purpose {
    /// What whoever advertises owes for orders that others brought: reserved or debited when they are reported.
    package static let advertising = Self("advertising")
    /// What somebody has earned by bringing orders and was not yet paid.
    package static let rewards = Self("rewards")
    /// The house's share.
    package static let commission = Self("commission")
}
