import Kernel
import Web

/// Problems in the words of the pages: a field by its label, and its rule in the visitor's language.
enum ProblemPhrases {
    /// Every field that is wrong, or what else is.
    @Sendable static func say(_ problem: Problem, in language: Language) -> String {
        if problem.fields.isEmpty { return self.say(problem.message, in: language) }
        return problem.fields.map { field in
            let isNamed = field.message.bytewise.starts(with: field.path)
            return self.say(isNamed ? field.message : "\(field.path): \(field.message)", in: language)
        }.joined(separator: language == .japanese ? "。" : "; ")
    }

    static func say(_ message: String, in language: Language) -> String {
        let whole = AffiliatePhrases.all.say(message, in: language)
        if whole != message { return whole }
        // characters: our own texts
        guard let match = message.wholeMatch(of: #/([a-z_]+):? (.+)/#), let label = self.labels[String(match.1)] else {
            return message
        }
        let field = AffiliatePhrases.all.say(label, in: language)
        return language == .japanese
            ? self.japanese(String(match.2)).map { "\(field)：\($0)" } ?? message : "\(field): \(match.2)"
    }

    /// Whether a form has the field.
    static func knows(_ field: String) -> Bool { self.labels[field] != nil }

    /// What the forms call the fields.
    private static let labels = [
        "account_holder": "Account holder", "account_name": "Account name (letters, digits, dashes)",
        "account_number": "Account number", "amount": "Amount", "bank_code": "Bank code",
        "bank_name": "Bank and branch",
        "campaign_ends_at": "Until (JST)", "campaign_reward_amount": "Reward of the campaign, in yen or %",
        "campaign_reward_percent": "Reward of the campaign, in yen or %", "campaign_starts_at": "From (JST)",
        "category_id": "Category", "close_day": "Close the last month by itself on this day; 0 is never",
        "company_name": "Company", "company_url": "Address of the site", "contact_name": "Whom to ask",
        "cookie_days": "Days an order counts after its click", "csv": "CSV", "decision": "Decision",
        "description": "Description", "email": "E-mail", "end_date": "To", "events": "Events",
        "height": "Height of a banner, in pixels", "hold_days": "Days from the order until a reward is payable",
        "keyword": "Keyword", "landing_url": "Landing page",
        "min_confirmation_rate": "Confirmation rate of at least, in %", "min_reward": "At least, in yen",
        "minimum_payout": "Least payout in yen; less is carried over",
        "month": "Month", "monthly_budget": "Budget of a month in yen; 0 is no limit", "name": "Name",
        "name_ja": "Japanese",
        "new_password": "The new one",
        "order_id": "Order", "password": "Password", "price": "Price of a product, in yen", "program_id": "Program",
        "reason": "What the publisher is told", "reference": "Reference", "reward_amount": "Reward in yen, if fixed",
        "role": "Role", "tax_regime": "Tax", "type": "Kind",
        "reward_percent": "Reward in %, of each order", "secret": "Secret for the signature",
        "site_description": "What it is about", "site_name": "Site", "site_url": "Address of the site", "slug": "Slug",
        "sort_order": "Place", "start_date": "From", "text": "Text", "title": "Title",
        "transfer_fees": "Transfer fees: bank_code,from_amount,fee; * is any bank",
        "typical_order_amount": "Typical order in yen, with a percentage", "url": "Address (https)",
        "width": "Width of a banner, in pixels",
    ]

    /// A rule without its field; nil for one that is not known.
    private static func japanese(_ rule: String) -> String? {
        if let text = self.rules[rule] { return text }
        // characters: our own texts
        if let match = rule.wholeMatch(of: #/must be between (\S+) and (\S+)/#) {
            return "\(match.1)〜\(match.2)の値にしてください"
        }
        // characters: our own texts
        if let match = rule.wholeMatch(of: #/must be at most (\d+)( characters)?/#) {
            return "\(match.1)\(match.2 == nil ? "件" : "文字")以内にしてください"
        }
        // characters: our own texts
        if let match = rule.wholeMatch(of: #/must have (\d+) to (\d+) characters/#) {
            return "\(match.1)〜\(match.2)文字にしてください"
        }
        // characters: our own texts
        if let match = rule.wholeMatch(of: #/must have at most (\d+) lines/#) { return "\(match.1)行以内にしてください" }
        // characters: our own texts
        if let match = rule.wholeMatch(of: #/no such order in program (\d+)/#) {
            return "プログラム\(match.1)にこの注文はありません"
        }
        // characters: our own texts
        if let match = rule.wholeMatch(of: #/must be (?:one )?of (.+)/#) { return "次のいずれかにしてください（\(match.1)）" }
        return nil
    }

    private static let rules = [
        "is required": "必須です",
        "must not be empty": "入力してください",
        "must be one line": "1行で入力してください",
        "must be a string": "文字列にしてください",
        "must be an integer": "整数にしてください",
        "must be a number": "数値にしてください",
        "must be a boolean": "はい・いいえで指定してください",
        "is taken": "すでに使われています",
        "must have at most two decimal places": "小数は2桁までです",
        "must be an http or https URL of at most 2000 characters": "http または https のURL（2000文字以内）にしてください",
        "must be an RFC 3339 date and time": "日時（RFC 3339）にしてください",
        "must be 4 to 34 letters and digits": "英数字4〜34文字にしてください",
        "must be lower-case letters, digits and dashes": "英小文字・数字・ハイフンにしてください",
        "must be after campaign_starts_at": "開始より後にしてください",
        "a campaign needs its reward, its start and its end": "キャンペーンには報酬・開始・終了が必要です",
        "give it or reward_amount, not both": "定額か割合のどちらか一方にしてください",
        "only cpa rewards can be a percentage": "割合で指定できるのは成果報酬（cpa）だけです",
        "must not lead to a private address": "内部ネットワークのアドレスは使えません",
        "is required for a banner and for a product": "バナーと商品には必須です",
        "must be approve or reject": "approve または reject にしてください",
        "no such program": "プログラムが見つかりません",
        "no such conversion": "成果が見つかりません",
        "must not begin with click-, which stands for clicks": "click- で始まるものは使えません",
        "is required where no click leads to the order": "対応するクリックがないため必須です",
        "has not been closed": "まだ締めていません",
        "must be such as 2026-03": "2026-03 のように指定してください",
        "the first line must name program_id, order_id and decision":
            "1行目に program_id, order_id, decision を書いてください",
        "a quote is opened and never closed": "引用符（\"）が閉じられていません",
        "no such category": "カテゴリが見つかりません",
        "stands in the table twice": "表に2回あります",
        "must name at least one event": "1つ以上選んでください",
        "is required, since the reward is a percentage": "報酬が割合のため必須です",
        "must not be after end_date, and at most 366 days before it": "終了日以前、かつ366日以内にしてください",
        "each must have bank_code, from_amount and fee, each amount once, and * from 0 must be there":
            "1行に銀行コード・金額・手数料を書き、同じ金額は一度だけ、「*」の0円からの行を含めてください",
    ]
}
