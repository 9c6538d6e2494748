import Testing

@testable import Search

@Suite("Words of a search")
struct SearchWordsTests {
    @Test("forms of an English word meet")
    func stems() {
        for forms in [
            ["summary", "summaries", "summarize", "summarization", "summarizing"], ["price", "prices", "pricing"],
        ] {
            #expect(Set(forms.map { Tokens.term($0) }).count == 1, "\(forms.map { Tokens.term($0) })")
        }
    }
}
