package import Storage

package enum LedgerSchema {
    package static let migrations = [
        Migration(
            "ledger/0001-accounts-and-transfers",
            .schema(
                """
                CREATE TABLE ledger_account (
                    number INTEGER PRIMARY KEY,
                    owner TEXT NOT NULL,
                    purpose TEXT NOT NULL,
                    currency TEXT NOT NULL,
                    never_below_zero INTEGER NOT NULL,
                    debits_pending INTEGER NOT NULL DEFAULT 0,
                    debits_posted INTEGER NOT NULL DEFAULT 0,
                    credits_pending INTEGER NOT NULL DEFAULT 0,
                    credits_posted INTEGER NOT NULL DEFAULT 0,
                    created_at INTEGER NOT NULL,
                    CONSTRAINT ledger_account_pending CHECK (debits_pending >= 0 AND credits_pending >= 0),
                    CONSTRAINT ledger_account_limit
                        CHECK (never_below_zero = 0 OR credits_posted - debits_posted - debits_pending >= 0)
                );
                CREATE UNIQUE INDEX ledger_account_owner_purpose_currency ON ledger_account (owner, purpose, currency);
                CREATE TABLE ledger_transfer (
                    number INTEGER PRIMARY KEY,
                    reference TEXT NOT NULL,
                    debit_account INTEGER NOT NULL,
                    credit_account INTEGER NOT NULL,
                    amount INTEGER NOT NULL,
                    state TEXT NOT NULL,
                    posted_amount INTEGER NOT NULL,
                    expires_at INTEGER,
                    kind TEXT NOT NULL,
                    subject TEXT NOT NULL,
                    trace_id TEXT,
                    request_id TEXT,
                    caused_by TEXT,
                    created_at INTEGER NOT NULL,
                    resolved_at INTEGER,
                    CONSTRAINT ledger_transfer_amount CHECK (amount > 0 AND posted_amount BETWEEN 0 AND amount)
                );
                CREATE UNIQUE INDEX ledger_transfer_reference ON ledger_transfer (reference);
                CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_account, number);
                CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_account, number);
                CREATE INDEX ledger_transfer_due ON ledger_transfer (expires_at) WHERE state = 'pending';
                """
            )
        ),
        // Reservations that never expire need no place in the index of what is due.
        Migration(
            "ledger/0002-due",
            .schema(
                """
                DROP INDEX ledger_transfer_due;
                CREATE INDEX ledger_transfer_due ON ledger_transfer (expires_at)
                    WHERE state = 'pending' AND expires_at IS NOT NULL;
                """
            )
        ),
    ]
}
