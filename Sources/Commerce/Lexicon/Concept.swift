/// What a word of a shopper says of products, whatever language it is said in.
struct Concept: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// A kind of products.
        case category
        case property
        case colour
        case material
        case maker
        /// A family of devices, such as phones of one name.
        case family
    }

    let kind: Kind
    /// In English, as catalogues write it.
    let name: String
    /// Of categories: the group that they stand in; empty for others.
    let group: String
    /// Its forms by language; the English ones begin with the name.
    let forms: [WordLanguage: [String]]
}

/// The languages that shoppers are understood in.
enum WordLanguage: String, Sendable, CaseIterable {
    case en, zh, ja, vi
}

/// What a phrase may mean; many mean several things, and what stands beside them decides.
enum Meaning: Sendable, Hashable {
    /// By its place in the lexicon.
    case concept(Int)
    /// How the words beside it are meant.
    case cue(String)
    /// Of the catalogue: its name as it is sought.
    case brand(String)
    /// Behind a number.
    case factor(Int)
    case currency(String)
    case unit(String)
    case age(String)
}
