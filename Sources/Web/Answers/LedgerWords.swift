package import Ledger

extension Transfer.State: Wire {}
