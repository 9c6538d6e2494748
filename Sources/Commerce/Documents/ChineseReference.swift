import Kernel

/// The OpenAPI document with its summaries in Chinese; paths and names of fields are the same in every language.
enum ChineseReference {
    static func of(_ document: JSONValue) -> JSONValue {
        guard var result = document.object, var info = result["info"]?.object else { return document }
        info["title"] = "Souk 商务"
        info["description"] = "从购物者的一句话,到商品卡片、短链接,再到归因于带来它的人的订单。"
        result["info"] = .object(info)
        let paths = (result["paths"]?.object ?? [:]).mapValues { item in
            JSONValue.object((item.object ?? [:]).mapValues { self.operation($0) })
        }
        result["paths"] = .object(paths)
        return .object(result)
    }

    private static func operation(_ value: JSONValue) -> JSONValue {
        guard var operation = value.object else { return value }
        if let summary = operation["summary"]?.string { operation["summary"] = .string(self.text(summary)) }
        operation["tags"] = .array((operation["tags"]?.array ?? []).map { .string(self.text($0.string ?? "")) })
        return .object(operation)
    }

    static func text(_ english: String) -> String { self.texts[english] ?? english }

    private static let texts = [
        "Cards": "卡片", "Catalogue": "商品目录", "Developers": "开发者", "Documents": "文档", "Intents": "意图",
        "Links": "链接", "Merchants": "商家", "Orders": "订单", "Recommend": "推荐", "Report": "报表",
        "Record a click and go on to the shop": "记录一次点击并前往店铺",
        "See where a card leads, without a click": "查看卡片指向何处,不计点击",
        "Tell why an order belongs to whom it does": "说明订单为何归因于此",
        "Get a card as it was shown": "按展示时的原样读取卡片",
        "List imports": "列出导入任务",
        "Import a feed: CSV, TSV or JSON lines, also as gzip": "导入商品数据:CSV、TSV 或 JSON Lines,可用 gzip 压缩",
        "Get an import": "读取导入任务",
        "The lines that were not taken, as CSV": "未被接受的行(CSV)",
        "Show what a creator has sold": "展示达人带货的商品",
        "Show an invite, so that keys can be made": "验证邀请码,之后即可创建密钥",
        "Change my password": "更改我的密码",
        "List my keys": "列出我的密钥",
        "Make a key": "创建密钥",
        "Delete a key": "删除密钥",
        "Label a key": "修改密钥名称",
        "Show a key again": "再次显示密钥",
        "Revoke a key; deleting it does the same and more": "吊销密钥;删除密钥也会同时吊销",
        "Begin a console session": "登录控制台",
        "End the console session": "退出控制台",
        "List requests of my keys": "列出我的密钥的请求记录",
        "Get my account, session and keys": "读取我的账户、会话和密钥",
        "Open a developer account": "注册开发者账户",
        "List my intents": "列出我的意图",
        "Submit an intent": "提交意图",
        "Get an intent": "读取意图",
        "List invites": "列出邀请码",
        "Make an invite": "创建邀请码",
        "Get a match session": "读取撮合会话",
        "List merchants": "列出商家",
        "Open a merchant": "创建商家",
        "List orders": "列出订单",
        "Report an order, or up to a thousand as JSON lines": "上报订单,或以 JSON Lines 一次上报最多一千笔",
        "Make a card of a product": "生成商品卡片",
        "Recommend products for a sentence": "根据一句话推荐商品",
        "Report what recommendations have brought": "查看推荐带来的成效",
        "Get the OpenAPI document": "读取 OpenAPI 文档",
        "Get the skill's installer": "读取技能安装脚本",
        "Get the agent card": "读取 Agent Card",
        "Read the Intent Matching Protocol": "阅读《意图撮合协议》",
        "Read the Experience Commerce Protocol": "阅读《体验电商协议》",
        "Read the Commerce Runtime Layer": "阅读《Commerce Runtime Layer》",
        "Read the skill": "阅读技能说明",
    ]
}
