import Kernel
import Web

/// An import as its merchant and the operator see it.
struct ImportOutput: Answer, Listed {
    let found: CatalogImport

    static let listName = "imports"
    static let listSummary = "Newest first"

    static let members: [Member<Self>] = [
        Member("import_id", \.found.id, "The import"),
        Member("merchant_id", \.found.merchant, "Whose products they are"),
        Member(
            "source",
            \.found.options.source,
            "The file's name, or the host of its address",
            example: "products.jsonl.gz"
        ),
        Member("format", \.found.options.format.rawValue, "acp, google or icecat", example: "acp"),
        Member("state", \.found.state, "Its state"),
        Member("dry_run", \.found.options.isDryRun, "Whether nothing is written"),
        Member("full", \.found.options.isFull, "Whether what the feed does not have goes out of stock"),
        Member("not_modified", \.found.isUnmodified, "Whether its address still has what was imported last"),
        Member("failure", \.found.failure, "Why it has ended before its end: a code"),
        Member("records", \.found.progress.records, "Lines that were read"),
        Member("created", \.found.progress.created, "Products that are new"),
        Member("updated", \.found.progress.updated, "Products that have changed"),
        Member("unchanged", \.found.progress.unchanged, "Lines that change nothing"),
        Member("duplicates", \.found.progress.duplicates, "Lines whose product came before; the later one counts"),
        Member("withdrawn", \.found.progress.withdrawn, "Products that were withdrawn"),
        Member("rejected", \.found.progress.rejected, "Lines that were not taken"),
        Member("out_of_stock", \.found.progress.missing, "Products that the feed did not have"),
        Member("created_at", { $0.found.createdAt.utc }, "When it was begun"),
        Member("updated_at", { $0.found.updatedAt.utc }, "When its last lines were taken"),
    ]
}

extension CatalogImport.State: Wire, Vocabulary {
    static let vocabulary = "job_state"
}
