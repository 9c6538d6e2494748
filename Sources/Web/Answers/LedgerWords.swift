package import Ledger

extension Transfer.State: Wire, Vocabulary {
    package static let vocabulary = "transfer_state"
}
