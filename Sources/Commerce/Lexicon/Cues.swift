/// Words that say how the words beside them are meant: bounds, negations, recipients, moments. The same columns as the product words.
enum Cues {
    static let text = """
        below_before | under, below, less than, up to, at most, no more than, not more than, max, maximum, within, cheaper than, not over, not exceeding, lower than, no higher than | 不超过, 不超過, 低于, 低於, 少于, 最多, 至多, 不到, 小于, 控制在, 不高于 | 最大, 上限 | dưới, tối đa, không quá, ít hơn, nhỏ hơn, rẻ hơn, không vượt quá, không hơn, chưa tới, chưa đến, thấp hơn, trong vòng
        negated | not, doesn't, does not, don't, do not, won't, will not, must not, mustn't, should not, shouldn't, can't, cannot, never, isn't, is not, without | 不要, 别, 不能, 不想, 不可, 不可以, 不, 勿, 不应 | - | không được, không, đừng, chớ
        below_after | or less, or below, or under, or cheaper, max, maximum, tops, at most | 以内, 以內, 以下, 之内, 之內, 封顶 | 以下, 以内, 未満, まで, 以下で, までで, を超えない, を超えず, より安い, 以上ではない | trở xuống, đổ lại, đổ xuống, quay đầu, trở lại
        above_before | not under, not below, no lower than, more expensive than, pricier than, over, above, more than, at least, starting at, min, minimum, no less than, not less than, higher than, exceed, exceeds, exceeding, from | 不低於, 贵过, 比较贵, 超过, 超過, 高于, 高於, 至少, 不低于, 不少于, 大于 | 最低, 少なくとも | không dưới, đắt hơn, trên, tối thiểu, ít nhất, hơn, cao hơn, vượt quá, quá, từ
        above_after | or more, and up, or above, and above, or higher, plus | 以上, 起, 往上 | 以上, から, 以上の, を超える, を超えた, 超の, より高い, を上回る, 以下ではない, 以下でない, 未満ではない | trở lên
        about_before | about, around, approximately, roughly, approx, some, circa | 大约, 大約, 大概, 差不多, 约, 約 | 約, およそ, だいたい | khoảng, tầm, cỡ, độ, khoảng chừng
        about_after | or so | 左右, 上下, 前后, 前後 | くらい, ぐらい, 前後, 程度, ほど, くらいの | -
        between | between, from | 介于, 介於, 从, 從 | - | từ, giữa
        joint | to, and, through | 到, 至 | から, と | đến, tới, và
        also | or, nor, and | 或, 或者, 和, 及, 与 | と, や, か, または | hay, hoặc, và
        budget | budget, price, priced, spend, cost, costs, costing, pay, budget of | 预算, 預算, 价格, 價格, 价位, 花 | 予算, 値段, 価格 | ngân sách, giá, tầm giá, giá tiền
        cheap | cheap, inexpensive, affordable, low cost, low-cost, cheapest | 便宜点, 便宜, 便宜的, 实惠, 平价, 性价比高, 划算 | 安い, 安価な, 安価, 格安, お手頃, 手頃な, お得な | rẻ, giá rẻ, bình dân, rẻ tiền
        fixed | no thanks, no thank you, no more, no longer, non-stick, nonstick, not only, no frost, no name, no-name, no problem, no matter | 不锈, 不断, 不間斷, 非常 | - | không chỉ, không gian, không khí
        not_before | not, is not, are not, isn't, aren't, that's not, neither, never, hate, i hate, dislike, don't show me, do not show me, don't show, doesn't have, non-, no, without, except, except for, excluding, other than, but not, but no, avoid, don't want, do not want, anything but, not from, not by, nothing from | 非, 不要, 不想要, 不买, 别买, 别要, 除了, 不是, 不含, 没有, 拒绝, 不喜欢 | - | không phải là, không phải, không muốn, không lấy, không có, trừ, ngoại trừ, ngoài, không, đừng
        not_after | -free | 以外的, 以外, 之外的, 之外, 除外 | 以外の, 以外で, 以外, くない, くないもの, ではない, じゃない, でない, ではなく, じゃなく, なしの, なし, 抜きの, 抜き, を除く, を除いた, 不要, はいらない, はいや | trở ra
        only_before | only, just, nothing but, exclusively | 只要, 只想要, 只买, 仅限, 只限, 只看, 只 | - | chỉ lấy, chỉ mua, chỉ muốn, chỉ
        only_after | only | - | だけ, のみ, 限定, だけの | thôi
        for_before | for, compatible with, that fits, fits, to fit, suitable for, made for | 适用于, 適用於, 适配, 配, 给, 給 | - | dành cho, dùng cho, tương thích với, phù hợp với, cho
        for_after | - | 专用的, 专用, 專用, 用的, 用 | 対応の, 対応, 用の, 用, 向けの, 向け, に使える | -
        gift | gift, gifts, present, presents | 礼物, 禮物, 送礼, 生日礼物 | プレゼント, ギフト, 贈り物 | quà tặng, quà
        stock | in stock, available now, ready to ship, available | 有货, 有貨, 现货, 現貨 | 在庫あり, 在庫のある, 即納 | còn hàng, có sẵn, sẵn hàng
        by_before | by, until, no later than, before the end of, arriving by, delivered by, needed by, need it by | - | - | trong, kịp
        before_before | before, ahead of | - | - | giao trước, trước, nhận trước, trước ngày
        by_after | - | 之内到, 内到, 要用的, 要用, 就要用 | までに届く, までに届け, までに欲しい, までに必要, までに, までに着く | -
        before_after | - | 前要到, 前到, 前送到, 前收到, 前能到, 前能送到, 前能收到, 前可以到, 之前要到, 之前能到, 之前到, 之前送到, 之前收到, 之前, 以前, 前 | の前に, 前に, より前に, 前まで, 前 | -
        today | today, tonight | 今天, 今日 | 今日, 本日 | hôm nay
        tomorrow | tomorrow | 明天, 明日 | 明日, あした | ngày mai, mai
        overmorrow | day after tomorrow | 后天, 後天 | 明後日, あさって | ngày kia, mốt
        monday | monday, mon | 星期一, 周一, 礼拜一, 週一 | 月曜日, 月曜 | thứ hai
        tuesday | tuesday, tue | 星期二, 周二, 礼拜二, 週二 | 火曜日, 火曜 | thứ ba
        wednesday | wednesday, wed | 星期三, 周三, 礼拜三, 週三 | 水曜日, 水曜 | thứ tư
        thursday | thursday, thu | 星期四, 周四, 礼拜四, 週四 | 木曜日, 木曜 | thứ năm
        friday | friday, fri | 星期五, 周五, 礼拜五, 週五 | 金曜日, 金曜 | thứ sáu
        saturday | saturday, sat | 星期六, 周六, 礼拜六, 週六 | 土曜日, 土曜 | thứ bảy
        sunday | sunday, sun | 星期日, 星期天, 周日, 周天, 週日 | 日曜日, 日曜 | chủ nhật
        next | next, next week | 下周, 下星期, 下週 | 来週, 来週の, 次の | tuần sau, tuần tới
        christmas | christmas, xmas | 圣诞节, 圣诞, 聖誕節 | クリスマス | giáng sinh, noel
        christmas_eve | christmas eve | 平安夜 | クリスマスイブ | đêm giáng sinh
        new_year | new year, new year's | 元旦, 新年 | 元日, 正月, 新年 | tết dương lịch, năm mới
        valentine | valentine's day, valentines day, valentine's | 情人节, 情人節 | バレンタインデー, バレンタイン | lễ tình nhân, valentine
        birthday | birthday | 生日 | 誕生日 | sinh nhật
        wedding | wedding, wedding anniversary | 婚礼, 結婚 | 結婚式, 結婚祝い | đám cưới, ngày cưới
        in_region | in the, in, to the, ship to, shipping to, ships to, shipped to, deliver to, delivered to | 在, 寄到, 送到, 发货到, 发到, 配送到 | - | ở, tại, giao đến, giao tới, ship đến, gửi đến
        region_after | - | 国内, 境内 | 国内, 国内で, で買える, に発送, に届く | -
        made_in | made in, from | 产的, 制造, 产 | 製の, 製, 産 | sản xuất tại, sản xuất ở
        nephew | nephew | 侄子, 外甥, 姪子 | 甥っ子, 甥 | cháu trai
        niece | niece | 侄女, 外甥女 | 姪っ子, 姪 | cháu gái
        grandchild | grandson, granddaughter, grandchild | 孙子, 孙女, 孫子 | 孫 | cháu nội, cháu ngoại, cháu
        son | son | 儿子, 兒子 | 息子 | con trai
        daughter | daughter | 女儿, 女兒 | 娘 | con gái
        boy | boy | 男孩, 男孩子 | 男の子 | bé trai
        girl | girl | 女孩, 女孩子 | 女の子 | bé gái
        child | child, kid, toddler, children, kids | 孩子, 小孩, 儿童, 小朋友 | 子供, 子ども | trẻ em, em bé, con, bé
        baby | baby, newborn, infant | 宝宝, 婴儿, 寶寶 | 赤ちゃん | trẻ sơ sinh
        mother | mother, mom, mum | 妈妈, 母亲, 媽媽 | 母, お母さん, 母親 | mẹ, má
        father | father, dad | 爸爸, 父亲 | 父, お父さん, 父親 | bố, ba tôi, cha
        parents | parents | 父母, 爸妈 | 両親 | bố mẹ, ba mẹ
        grandmother | grandmother, grandma | 奶奶, 外婆, 祖母 | 祖母, おばあちゃん | bà nội, bà ngoại
        grandfather | grandfather, grandpa | 爷爷, 外公, 祖父 | 祖父, おじいちゃん | ông nội, ông ngoại
        wife | wife | 妻子, 老婆, 太太 | 妻, 奥さん | vợ
        husband | husband | 丈夫, 老公, 先生 | 夫, 旦那 | chồng
        girlfriend | girlfriend | 女朋友, 女友 | 彼女 | bạn gái
        boyfriend | boyfriend | 男朋友, 男友 | 彼氏 | bạn trai
        brother | my brother, little brother, big brother | 弟弟, 哥哥 | 弟, 兄 | em trai, anh trai
        sister | sister | 妹妹, 姐姐 | 妹, 姉 | em gái, chị gái
        friend | friend | 朋友 | 友達, 友人 | bạn bè, bạn thân
        colleague | colleague, coworker | 同事 | 同僚 | đồng nghiệp
        boss | boss | 老板, 上司 | 上司 | sếp
        teacher | teacher | 老师, 老師 | 先生 | thầy giáo, cô giáo
        elderly | elderly, seniors, old people | 老人, 长辈, 長輩 | お年寄り, 高齢者 | người già, người lớn tuổi
        student | student, students | 学生, 學生 | 学生 | sinh viên, học sinh
        US | usa, us, united states, u.s., america | 美国, 美國 | アメリカ, 米国 | mỹ, hoa kỳ
        UK | uk, u.k., britain, england | 英国, 英國 | イギリス, 英国 | anh quốc, vương quốc anh
        GB | united kingdom, great britain, gb | - | - | -
        JP | japan, jp | 日本 | 日本 | nhật bản, nhật
        CN | china, cn | 中国, 中國, 国内 | 中国 | trung quốc
        VN | vietnam, viet nam, vn | 越南 | ベトナム | việt nam
        DE | germany, de | 德国, 德國 | ドイツ | đức
        FR | france, fr | 法国, 法國 | フランス | pháp
        CA | canada | 加拿大 | カナダ | canada
        AU | australia | 澳大利亚, 澳洲 | オーストラリア | úc
        KR | korea, south korea | 韩国, 韓國 | 韓国 | hàn quốc
        SG | singapore | 新加坡 | シンガポール | singapore
        TW | taiwan | 台湾, 台灣 | 台湾 | đài loan
        HK | hong kong | 香港 | 香港 | hồng kông
        TH | thailand | 泰国 | タイ国 | thái lan
        IN | india | 印度 | インド | ấn độ
        IT | italy | 意大利 | イタリア | ý
        ES | spain | 西班牙 | スペイン | tây ban nha
        particle | the, a, an, something, anything, of, is, be, it, that, for, with, my, i, me, need, want, looking, find, please, some, in, on, at, and, or, as, to | 的, 适合, 適合, 个, 個, 一个, 一款, 一台, 我, 我要, 我想买, 我想要, 想买, 想要, 买的, 买, 买个, 推荐, 请, 帮我找, 帮我, 找, 吗, 呢, 送给, 送, 给, 給, 点, 和, 要, 价, 钱 | の, が, を, は, に, で, と, な, も, です, ください, 欲しい, ほしい, 探して, 探しています, おすすめ, へ, や, ください | tôi, cần, muốn, mua, tìm, một, cái, chiếc, của, là, có, cho, loại, giúp, với, và, được, để, đang, các, những
        """

    /// What stands behind a number: how much it is multiplied by, its currency, or its unit.
    static let afterNumbers = """
        factor 2 | hundred | - | trăm
        factor 3 | k, thousand, grand | 千 | 千 | nghìn, ngàn, k
        factor 4 | - | 万, 萬 | 万 | vạn
        factor 6 | million, mio | 百万 | 百万 | triệu, tr, củ
        currency USD | dollars, dollar, usd, bucks, us dollars, us$ | 美元, 美金, 美刀 | ドル, 米ドル | đô, đô la, usd, đô la mỹ
        currency EUR | euros, euro, eur | 欧元, 歐元 | ユーロ | euro
        currency GBP | pounds, pound, gbp, quid | 英镑, 英鎊 | ポンド | bảng anh, bảng
        currency CNY | yuan, rmb, cny, renminbi | 元人民币, 元, 块钱, 块, 圆, 人民币, 塊 | 元, 人民元 | tệ, nhân dân tệ
        currency JPY | yen, jpy | 日元, 日圆, 円 | 円, 日本円 | yên
        currency VND | dong, vnd | 越南盾, 盾 | ドン | đồng, đ, vnđ, vnd, d
        currency KRW | won, krw | 韩元 | ウォン | won
        currency HKD | hkd, hong kong dollars | 港币, 港元 | 香港ドル | -
        currency TWD | twd, nt dollars | 新台币, 台币 | 台湾ドル | -
        currency CHF | chf, swiss francs, francs | 瑞士法郎 | スイスフラン | -
        currency CAD | cad, canadian dollars | 加元 | カナダドル | đô la canada
        currency AUD | aud, australian dollars | 澳元 | 豪ドル | đô la úc
        currency NZD | nzd, new zealand dollars | - | - | -
        currency SGD | sgd, singapore dollars | 新加坡元, 新币 | シンガポールドル | đô la singapore
        currency INR | inr, rupees, rupee | 卢比 | ルピー | rupee
        currency THB | thb, baht | 泰铢 | バーツ | baht
        currency MYR | myr, ringgit | 林吉特 | リンギット | ringgit
        currency IDR | idr, rupiah | 印尼盾 | ルピア | rupiah
        currency PHP | pesos philippine, philippine pesos | - | - | -
        currency MXN | mxn, mexican pesos | - | - | -
        currency BRL | brl, reais | - | - | -
        currency PLN | pln, zł, zloty, zlotys | - | - | -
        currency SEK | sek, swedish kronor, kronor | - | - | -
        currency NOK | nok, norwegian kroner | - | - | -
        currency DKK | dkk, danish kroner, kroner | - | - | -
        currency TRY | turkish lira, lira | - | - | -
        currency AED | aed, dirhams | - | - | -
        unit cents | cents, cent, ¢ | 美分 | セント | xu
        age years | years old, year old, years-old, year-old, yr old, yrs old, y/o, yo | 周岁, 岁, 歲 | 歳, 才 | tuổi
        age months | months old, month old, month-old | 个月大 | ヶ月, か月, カ月 | tháng tuổi
        unit in | inches, inch, in, "| 英寸, 寸, 吋 | インチ, 型 | inch, inches, in
        unit cm | cm, centimeters, centimetres | 厘米, 公分, cm | センチ, cm | cm, phân
        unit mm | mm, millimeters | 毫米 | ミリ, mm | mm, ly
        unit m | m, meters, metres, meter, metre | 米, 公尺 | メートル, m | mét, m
        unit ft | ft, feet, foot | 英尺 | フィート | ft
        unit GB | gb, gigabytes, gigs, gig | GB, G | GB, ギガ | gb, g
        unit TB | tb, terabytes | TB, T | TB, テラ | tb
        unit MB | mb, megabytes | MB | MB | mb
        unit MP | megapixels, megapixel, mp | 像素, 万像素 | 万画素 | megapixel
        unit mAh | mah | 毫安 | mAh | mah
        unit W | w, watts, watt | 瓦 | ワット, W | w, watt
        unit V | v, volts, volt | 伏 | ボルト, V | v, vôn
        unit Hz | hz | 赫兹 | ヘルツ, Hz | hz
        unit GHz | ghz | - | GHz | ghz
        unit MHz | mhz | - | MHz | mhz
        unit kg | kg, kilograms, kilos, kilo | 公斤, 千克 | キロ, kg | kg, cân
        unit g | grams, gram | 克 | グラム | gam, gram
        unit l | liters, litres, liter, litre, l | 升 | リットル | lít
        unit ml | ml | 毫升 | ミリリットル | ml
        unit ports | ports, port, -port | 口, 个接口, 接口 | ポート, 口 | cổng
        unit pcs | pcs, pieces, pack, -pack, pk | 个装, 件, 张, 节, 支 | 個入り, 枚, 本入り | cái, chiếc, viên
        unit x | times, x | 倍 | 倍 | lần
        unit pages | pages | 页 | ページ | trang
        unit cores | cores, core, -core | 核 | コア | nhân
        unit hours | hours, hour, h | 小时 | 時間 | giờ, tiếng
        unit days | days, day | 天 | 日間 | ngày
        unit dpi | dpi | - | dpi | dpi
        unit fps | fps | 帧 | fps | fps
        """
}
