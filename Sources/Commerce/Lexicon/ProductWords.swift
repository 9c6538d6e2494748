/// What is said of products, in four languages: properties, colours, materials, makers and families of devices.
///
/// A line has its kind, then English, Chinese, Japanese and Vietnamese, each with its other forms; `-` where there is none.
enum ProductWords {
    static let text = """
        property | wireless, cordless | 无线, 無線 | ワイヤレス, 無線, コードレス | không dây
        property | wired | 有线, 有線 | 有線 | có dây
        property | bluetooth | 蓝牙, 藍牙, 藍芽 | ブルートゥース, Bluetooth | bluetooth
        property | wifi, wi-fi | 无线网络, WiFi | Wi-Fi, ワイファイ, 無線LAN | wifi
        property | rechargeable | 可充电, 充电式, 可充電, 充电电池, 充電電池 | 充電式, 充電池 | sạc lại được, có thể sạc, pin sạc
        property | aa | 5号, 五号, 単三 | 単3形, 単3, 単三 | aa
        property | aaa | 7号, 七号, 単四 | 単4形, 単4, 単四 | aaa
        property | laser | 激光, 雷射, 镭射 | レーザー | laser
        property | inkjet | 喷墨, 噴墨 | インクジェット | phun màu
        property | gaming, gamer | 游戏, 电竞, 電競 | ゲーミング, ゲーム用 | gaming, chơi game
        property | mechanical | 机械, 機械式 | メカニカル | cơ
        property | optical | 光学, 光學 | 光学式, 光学 | quang học
        property | ergonomic | 人体工学, 人體工學 | 人間工学, エルゴノミクス | công thái học
        property | portable | 便携式, 便携, 可攜式 | ポータブル, 携帯用 | di động, xách tay
        property | external | 外置, 外接 | 外付け | gắn ngoài
        property | internal | 内置, 內建 | 内蔵 | gắn trong
        property | waterproof, water resistant | 防水 | 防水 | chống nước, chống thấm
        property | foldable, folding | 可折叠, 折叠, 摺疊 | 折りたたみ, 折り畳み | gấp gọn, có thể gập
        property | noise cancelling, noise-canceling | 降噪, 主动降噪 | ノイズキャンセリング, ノイキャン | chống ồn
        property | quiet, silent | 静音, 安静, 靜音 | 静音, 静か | yên tĩnh, không ồn
        property | touchscreen, touch screen | 触摸屏, 触屏, 觸控螢幕 | タッチスクリーン, タッチパネル | màn hình cảm ứng, cảm ứng
        property | curved | 曲面 | 湾曲, 曲面 | màn hình cong, cong
        property | full hd, 1080p | 全高清 | フルHD | full hd
        property | 4k, ultra hd | 超高清 | 4K | 4k
        property | digital | 数字, 数码, 數位 | デジタル | kỹ thuật số
        property | stereo | 立体声, 立體聲 | ステレオ | stereo, âm thanh nổi
        property | led | 发光二极管 | LED | led
        property | color, colour | 彩色 | カラー | in màu, màu sắc
        property | monochrome, black and white | 黑白, 单色 | モノクロ, 白黒 | đen trắng
        property | automatic | 自动, 自動 | 自動, オートマチック | tự động
        property | electric | 电动, 電動 | 電動, 電気 | điện
        property | solar | 太阳能, 太陽能 | ソーラー | năng lượng mặt trời
        property | thin, slim | 超薄, 轻薄, 薄型 | 薄型, スリム, 薄い | mỏng
        property | light, lightweight | 轻便, 轻量, 輕量 | 軽量, 軽い | nhẹ
        property | small, compact | 小型, 小巧, 迷你 | 小型, コンパクト, 小さい | nhỏ gọn, nhỏ
        property | large, big | 大号, 大型, 大的 | 大型, 大きい | lớn, to
        property | refurbished | 翻新 | 再生品, 整備済み | tân trang
        property | original | 原装, 原裝, 正品 | 純正 | chính hãng
        property | compatible | 兼容 | 互換 | tương thích
        property | high capacity, high yield | 大容量, 高容量 | 大容量 | dung lượng cao, dung lượng lớn
        property | memory | 内存, 記憶體 | メモリー, メモリ | ram, bộ nhớ
        property | size | 尺寸 | サイズ | kích thước
        property | windows | windows系统 | ウィンドウズ | windows
        property | android | 安卓 | アンドロイド | android
        property | kids, children, child | 儿童, 兒童, 小孩 | 子供用, 子ども用, キッズ | trẻ em
        property | outdoor | 户外, 戶外 | アウトドア, 屋外 | ngoài trời
        property | indoor | 室内 | 室内 | trong nhà
        property | travel | 旅行, 旅游 | 旅行用, トラベル | du lịch
        property | office | 办公室, 办公, 辦公室, 辦公 | オフィス用, オフィス, 会社用, 事務用 | văn phòng
        property | home | 家用, 家庭 | 家庭用 | gia đình
        property | car | 车载, 車用 | 車載, 車用 | trên xe, ô tô
        property | network | 网络, 網路 | ネットワーク | mạng
        property | shielded | 屏蔽 | シールド | bọc kim
        property | fast charging, quick charge | 快充, 快速充电 | 急速充電 | sạc nhanh
        property | dual | 双, 雙 | デュアル | kép, đôi
        property | mini | 迷你 | ミニ | mini
        property | usb | USB接口 | USB | usb
        property | hdmi | HDMI接口 | HDMI | hdmi
        property | glossy | 光面, 亮面 | 光沢 | bóng
        property | matte, matt | 哑光, 磨砂, 霧面 | マット, つや消し | nhám, mờ
        colour | black | 黑色, 黑 | 黒色, 黒い, 黒, ブラック | màu đen, đen
        colour | white | 白色, 白 | 白色, 白い, 白, ホワイト | màu trắng, trắng
        colour | red | 红色, 紅色, 红 | 赤色, 赤い, 赤, レッド | màu đỏ, đỏ
        colour | blue | 蓝色, 藍色, 蓝 | 青色, 青い, 青, ブルー | màu xanh dương, xanh dương, xanh lam, màu xanh
        colour | green | 绿色, 綠色, 绿 | 緑色, 緑, グリーン | màu xanh lá, xanh lá, xanh lục
        colour | yellow | 黄色, 黃色 | 黄色い, 黄色, イエロー | màu vàng
        colour | orange | 橙色, 橘色 | オレンジ色, オレンジ | màu cam
        colour | purple, violet | 紫色 | 紫色, 紫, パープル | màu tím, tím
        colour | pink | 粉色, 粉红色, 粉紅色 | ピンク色, ピンク | màu hồng
        colour | brown | 棕色, 褐色, 咖啡色 | 茶色い, 茶色, ブラウン | màu nâu, nâu
        colour | gray, grey | 灰色 | 灰色, グレー | màu xám, xám
        colour | silver | 银色, 銀色 | 銀色, シルバー | màu bạc
        colour | gold | 金色 | 金色, ゴールド | màu vàng gold, vàng kim
        colour | beige | 米色, 米白色 | ベージュ | màu be
        colour | cyan | 青蓝色 | シアン | màu xanh lơ, cyan
        colour | magenta | 品红, 洋红 | マゼンタ | đỏ tươi, magenta
        colour | transparent, clear | 透明 | 透明, クリア | trong suốt
        material | leather | 皮革, 真皮, 皮质, 皮的 | 革製, 本革, 革, レザー | da thật, bằng da, da
        material | plastic | 塑料, 塑膠 | プラスチック製, プラスチック, 樹脂製 | nhựa
        material | metal | 金属, 金屬 | 金属製, 金属, メタル | kim loại
        material | aluminium, aluminum | 铝合金, 铝, 鋁 | アルミ製, アルミ, アルミニウム | nhôm
        material | steel, stainless steel | 不锈钢, 不鏽鋼 | ステンレス製, ステンレス | thép không gỉ, inox
        material | wood, wooden | 木制, 木质, 木頭 | 木製, 木 | gỗ
        material | glass | 玻璃 | ガラス製, ガラス | thủy tinh, kính
        material | cotton | 纯棉, 棉 | 綿, コットン | vải bông, cotton
        material | silicone | 硅胶, 矽膠 | シリコン製, シリコン | silicon
        material | nylon | 尼龙, 尼龍 | ナイロン | nylon
        maker | apple | 苹果, 蘋果 | アップル | táo khuyết
        maker | hp, hewlett packard | 惠普 | ヒューレット・パッカード, ヒューレットパッカード | -
        maker | canon | 佳能 | キヤノン, キャノン | -
        maker | epson | 爱普生, 愛普生 | エプソン | -
        maker | xerox | 施乐, 全錄 | ゼロックス | -
        maker | brother | 兄弟牌, 兄弟 | ブラザー | -
        maker | samsung | 三星 | サムスン | -
        maker | sony | 索尼 | ソニー | -
        maker | philips | 飞利浦, 飛利浦 | フィリップス | -
        maker | lenovo | 联想, 聯想 | レノボ | -
        maker | dell | 戴尔, 戴爾 | デル | -
        maker | asus | 华硕, 華碩 | エイスース | -
        maker | acer | 宏碁 | エイサー | -
        maker | msi | 微星 | - | -
        maker | toshiba | 东芝, 東芝 | 東芝 | -
        maker | sharp | 夏普 | シャープ | -
        maker | fujitsu | 富士通 | 富士通 | -
        maker | panasonic | 松下 | パナソニック | -
        maker | nec | 日电 | 日本電気 | -
        maker | kyocera | 京瓷 | 京セラ | -
        maker | logitech | 罗技, 羅技 | ロジクール, ロジテック | -
        maker | kingston | 金士顿, 金士頓 | キングストン | -
        maker | intel | 英特尔, 英特爾 | インテル | -
        maker | nvidia | 英伟达, 輝達 | エヌビディア | -
        maker | microsoft | 微软, 微軟 | マイクロソフト | -
        maker | huawei | 华为, 華為 | ファーウェイ | -
        maker | xiaomi | 小米 | シャオミ | -
        maker | nintendo | 任天堂 | 任天堂 | -
        maker | nikon | 尼康 | ニコン | -
        maker | lg | 乐金 | エルジー | -
        maker | hitachi | 日立 | 日立 | -
        maker | braun | 博朗 | ブラウン社 | -
        maker | duracell | 金霸王 | デュラセル | -
        maker | varta | 瓦尔塔 | ファルタ | -
        maker | netgear | 网件 | ネットギア | -
        maker | tp-link | 普联 | ティーピーリンク | -
        maker | d-link | 友讯 | ディーリンク | -
        maker | lexmark | 利盟 | レックスマーク | -
        maker | bose | 博士 | ボーズ | -
        maker | jbl | - | ジェイビーエル | -
        maker | google | 谷歌 | グーグル | -
        maker | ibm | - | アイビーエム | -
        maker | amd | 超威 | エーエムディー | -
        family | iphone | 苹果手机 | アイフォン, アイフォーン | -
        family | ipad | 苹果平板 | アイパッド | -
        family | macbook | 苹果笔记本 | マックブック | -
        family | galaxy | 盖乐世 | ギャラクシー | -
        family | surface | - | サーフェス | -
        family | kindle | - | キンドル | -
        family | playstation, ps4, ps5, ps3 | - | プレイステーション, プレステ | -
        family | xbox | - | エックスボックス | -
        family | nintendo switch | 任天堂switch | ニンテンドースイッチ | -
        family | airpods | - | エアポッズ | -
        family | thinkpad | - | シンクパッド | -
        family | pixel | - | ピクセル | -
        """
}
