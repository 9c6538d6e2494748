import Web

/// What the network's document says beside its operations.
enum AffiliateGuide {
    static let guide = DocumentGuide(
        tags: [
            ("Actions", "The contract: every action of the network behind one address."),
            ("Account", "The account, its keys, its bank and its notices."),
            ("Programs", "An advertiser's programs, their creatives and reports."),
            ("Partnerships", "Who advertises for whom."),
            ("Tracking", "Links that count clicks."),
            ("Conversions", "Orders, each counted once, and what was decided about them."),
            ("Reports", "Clicks and orders by day, program or publisher."),
            ("Payouts", "What a month came to."),
            ("Webhooks", "Events, signed and sent until they arrive."),
            ("Jobs", "Long work."),
            ("Operator", "Accounts, categories, months, tax and fees."),
        ],
        names: [
            "POST /api/mcp.php": "doAction", "GET /api/v1/account": "getAccount",
            "PATCH /api/v1/account": "updateAccount",
            "GET /api/v1/account/bank": "getBankAccount", "PUT /api/v1/account/bank": "setBankAccount",
            "POST /api/v1/account/password": "changePassword", "GET /api/v1/conversions": "listConversions",
            "POST /api/v1/conversions/decisions": "decideConversions",
            "GET /api/v1/conversions/{conversion_id}": "getConversion",
            "POST /api/v1/conversions/{conversion_id}/clawback": "clawBackConversion",
            "POST /api/v1/conversions/{conversion_id}/release": "releaseConversion",
            "GET /api/v1/keys": "listKeys", "POST /api/v1/keys": "createKey",
            "POST /api/v1/notifications/read": "markNotificationsRead",
            "GET /api/v1/operator/accounts": "listAccounts",
            "PATCH /api/v1/operator/accounts/{account_id}": "updateAccountOfOthers",
            "GET /api/v1/operator/accounts/{account_id}/bank": "getBankAccountOfOthers",
            "GET /api/v1/operator/months": "listMonths", "GET /api/v1/operator/months/{month}": "getMonth",
            "GET /api/v1/operator/months/{month}/payouts": "listPayoutsOfMonth",
            "GET /api/v1/operator/months/{month}/preview": "previewMonth",
            "POST /api/v1/operator/payouts/{payout_id}/paid": "markPayoutPaid",
            "GET /api/v1/operator/settings": "getSettings", "PUT /api/v1/operator/settings": "updateSettings",
            "GET /api/v1/partnerships": "listPartnerships",
            "GET /api/v1/payouts/{payout_id}": "getPayout",
            "GET /api/v1/payouts/{payout_id}/statement.csv": "getPayoutStatement",
            "GET /api/v1/postback-token": "getPostbackToken", "POST /api/v1/postback-token": "createPostbackToken",
            "GET /api/v1/programs": "listPrograms", "POST /api/v1/programs": "createProgram",
            "GET /api/v1/programs/{program_id}": "getProgram", "PATCH /api/v1/programs/{program_id}": "updateProgram",
            "POST /api/v1/programs/{program_id}/creatives": "addCreative",
            "GET /api/v1/programs/{program_id}/reports": "listReportsOfProgram", "GET /api/v1/reports": "getReport",
            "GET /api/v1/webhooks": "listWebhooks", "POST /api/v1/webhooks": "createWebhook",
            "DELETE /api/v1/webhooks/{webhook_id}": "deleteWebhook",
            "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": "redeliver",
            "POST /api/v1/webhooks/{webhook_id}/replay": "replayEvents",
            "GET /js/{tracking_code}": "getTagScript", "GET /pixel": "reportOrderByPixel",
            "GET /postback": "reportOrderByGet", "POST /postback": "reportOrder",
            "GET /t/{tracking_code}": "followLink",
        ],
        introduction: """
            ## Keys

            Sign up on the pages, which also make keys. Send one as `Authorization: Bearer {key}`. Publishers and agents advertise, advertisers have
            programs, and the operator closes months.

            ## Actions

            `POST /api/mcp.php` takes `{"action": "agent.discover_programs", "params": {}}` and answers `{"success": true, "message": "…", "data": {…}}`. Each
            action has a schema of its own here. The other paths do the same for people and programs that would rather have one address for each thing.

            ## From a link to a payout

            1. `agent.recommend` finds programs; a partnership is applied for and approved.
            2. `publisher.links_generate` makes a link. Whoever follows it is counted, and the order that comes of it, too.
            3. Approved rewards are paid out after the month is closed, with tax and fees as the statement shows.

            Money is in whole yen. Days and months are those of Japan.
            """
    )
}
