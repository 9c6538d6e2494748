/// Kinds of products in four languages: group, then English, Chinese, Japanese and Vietnamese, each with its other forms.
enum ProductTypes {
    static let text = """
        Computers | laptop, notebook, notebook computer, laptop computer | 笔记本电脑, 笔记本, 筆記型電腦, 筆電, 手提电脑 | ノートパソコン, ノートPC, ラップトップ | máy tính xách tay, laptop
        Computers | chromebook | chromebook, 谷歌笔记本 | クロームブック | chromebook
        Computers | desktop computer, desktop pc, computer, pc | 台式电脑, 台式机, 电脑, 電腦, 计算机 | デスクトップパソコン, デスクトップPC, パソコン, コンピューター, コンピュータ | máy tính để bàn, máy tính, máy vi tính
        Computers | tablet, tablet pc, android tablet | 平板电脑, 平板, 平板電腦 | タブレット, タブレットPC | máy tính bảng
        Computers | workstation | 工作站 | ワークステーション | máy trạm
        Computers | server | 服务器, 伺服器 | サーバー, サーバ | máy chủ
        Computers | thin client | 瘦客户机 | シンクライアント | máy trạm mỏng
        Computers | mini pc | 迷你主机, 迷你电脑 | ミニPC, 小型パソコン | máy tính mini
        Components | processor, cpu | 处理器, 處理器, 中央处理器 | プロセッサー, プロセッサ, CPU | bộ vi xử lý, bộ xử lý, cpu
        Components | motherboard, mainboard | 主板, 主機板 | マザーボード | bo mạch chủ, mainboard
        Components | graphics card, video card, gpu | 显卡, 顯示卡, 显示卡 | グラフィックボード, グラフィックカード, グラボ, ビデオカード | card đồ họa, card màn hình, vga rời
        Components | memory module, ram | 内存条, 内存, 記憶體 | メモリーモジュール, メモリモジュール, 増設メモリ, メモリー, メモリ | thanh ram, ram, bộ nhớ trong
        Components | ssd, solid state drive | 固态硬盘, 固態硬碟 | SSD, ソリッドステートドライブ | ổ cứng ssd, ổ ssd, ssd
        Components | hard drive, hard disk, hdd, hard disk drive | 硬盘, 硬碟, 机械硬盘 | ハードディスク, ハードドライブ, HDD | ổ cứng, đĩa cứng
        Components | external hard drive | 移动硬盘, 外置硬盘, 外接硬碟 | 外付けハードディスク, 外付けHDD, ポータブルハードディスク | ổ cứng di động, ổ cứng gắn ngoài
        Components | optical drive, dvd drive, cd drive | 光驱, 光碟機 | 光学ドライブ, DVDドライブ | ổ đĩa quang, ổ đĩa dvd
        Components | power supply, power supply unit, psu | 电源供应器, 电脑电源, 電源供應器 | 電源ユニット | bộ nguồn, nguồn máy tính
        Components | computer case, pc case | 机箱, 電腦機殼 | PCケース, パソコンケース | vỏ máy tính, thùng máy
        Components | computer fan, case fan | 电脑风扇, 机箱风扇, 散热风扇 | PCファン, ケースファン | quạt tản nhiệt, quạt máy tính
        Components | cpu cooler, cooler | 散热器, 散熱器 | CPUクーラー | tản nhiệt cpu, bộ tản nhiệt
        Components | network card, network interface card, networking card | 网卡, 網路卡 | ネットワークカード, LANカード | card mạng
        Components | sound card | 声卡, 音效卡 | サウンドカード | card âm thanh
        Components | raid controller | 阵列卡 | RAIDコントローラー | bộ điều khiển raid
        Components | interface card, expansion card | 扩展卡 | 拡張カード, インターフェースカード | card mở rộng
        Input devices | mouse, computer mouse | 鼠标, 滑鼠 | マウス | chuột máy tính, chuột
        Input devices | keyboard | 键盘, 鍵盤 | キーボード | bàn phím
        Input devices | numeric keypad | 数字小键盘 | テンキー | bàn phím số
        Input devices | mouse pad, mousepad | 鼠标垫, 滑鼠墊 | マウスパッド | tấm lót chuột, lót chuột
        Input devices | webcam, web camera | 网络摄像头, 摄像头, 網路攝影機 | ウェブカメラ, Webカメラ | webcam, camera máy tính
        Input devices | graphics tablet, drawing tablet | 数位板, 绘图板, 手绘板 | ペンタブレット, ペンタブ | bảng vẽ điện tử, bảng vẽ
        Input devices | game controller, gamepad | 游戏手柄, 手柄, 遊戲手把 | ゲームコントローラー, コントローラー | tay cầm chơi game, tay cầm
        Input devices | joystick | 摇杆 | ジョイスティック | cần điều khiển
        Input devices | presenter, laser pointer | 翻页笔, 激光笔 | レーザーポインター, プレゼンター | bút trình chiếu, bút laser
        Input devices | barcode scanner, barcode reader | 条码扫描枪, 扫码枪, 条码扫描器 | バーコードリーダー, バーコードスキャナー | máy quét mã vạch
        Input devices | remote control | 遥控器, 遙控器 | リモコン, リモートコントロール | điều khiển từ xa
        Displays | monitor, computer monitor, lcd monitor | 显示器, 顯示器, 电脑屏幕, 螢幕 | モニター, モニタ, ディスプレイ, 液晶モニター | màn hình máy tính, màn hình
        Displays | tv, television, flat screen tv | 电视机, 电视, 電視 | テレビ | tivi, ti vi, tv
        Displays | projector | 投影仪, 投影机, 投影機 | プロジェクター, プロジェクタ | máy chiếu
        Displays | projector lamp | 投影灯泡, 投影仪灯泡 | プロジェクターランプ | bóng đèn máy chiếu
        Displays | projection screen, projector screen | 投影幕, 幕布, 投影布幕 | プロジェクタースクリーン, スクリーン | màn chiếu
        Displays | signage display | 广告机, 数字标牌 | デジタルサイネージ | màn hình quảng cáo
        Displays | privacy filter, privacy screen | 防窥膜, 防窥片 | 覗き見防止フィルター, プライバシーフィルター | tấm lọc riêng tư, miếng dán chống nhìn trộm
        Displays | screen protector | 屏幕保护膜, 贴膜, 钢化膜, 螢幕保護貼 | 画面保護フィルム, 保護フィルム, 液晶保護フィルム | miếng dán màn hình, kính cường lực
        Printing | printer | 打印机, 印表機 | プリンター, プリンタ | máy in
        Printing | multifunction printer, all-in-one printer, mfp | 多功能一体机, 一体机, 複合機 | 複合機, マルチファンクションプリンター | máy in đa chức năng, máy in đa năng
        Printing | large format printer, plotter | 大幅面打印机, 绘图仪 | 大判プリンター, プロッター | máy in khổ lớn
        Printing | label printer, label maker | 标签打印机, 标签机, 標籤機 | ラベルプリンター, ラベルライター | máy in nhãn, máy in tem
        Printing | receipt printer, pos printer | 小票打印机, 热敏打印机 | レシートプリンター | máy in hóa đơn
        Printing | toner, toner cartridge | 硒鼓, 碳粉盒, 墨粉盒, 碳粉, 墨粉, 碳粉匣 | トナーカートリッジ, トナー | hộp mực máy in, hộp mực, mực laser
        Printing | ink, ink cartridge, printer ink | 墨盒, 墨水, 打印机墨水, 墨水匣 | インクカートリッジ, インク | mực in, hộp mực phun
        Printing | printer drum, drum unit, imaging drum | 感光鼓, 成像鼓 | ドラムユニット, 感光ドラム, ドラムカートリッジ | trống mực, cụm trống
        Printing | printhead | 打印头, 喷头 | プリントヘッド | đầu in
        Printing | fuser | 定影器 | 定着器, フューザー | bộ sấy, cụm sấy
        Printing | maintenance kit, printer kit | 维护套件 | メンテナンスキット | bộ bảo trì
        Printing | ribbon, printer ribbon | 色带, 碳带, 色帶 | インクリボン, リボンカートリッジ | ruy băng mực
        Printing | photo paper | 相纸, 照片纸, 相片紙 | 写真用紙, フォト用紙, 印画紙 | giấy in ảnh, giấy ảnh
        Printing | printing paper, copy paper, a4 paper | 打印纸, 复印纸, 影印紙 | コピー用紙, 印刷用紙, プリンター用紙 | giấy in, giấy photo
        Printing | label, labels, address labels | 标签纸, 不干胶标签, 标签, 標籤 | ラベルシール, ラベル用紙, 宛名ラベル, ラベル | giấy decal, nhãn dán, nhãn
        Printing | label-making tape, label tape | 标签带, 标签色带 | ラベルテープ, テプラテープ | băng nhãn
        Printing | paper tray, sheet feeder | 纸盒, 进纸器 | 給紙トレイ, 給紙カセット | khay giấy
        Printing | document scanner, scanner | 扫描仪, 掃描器 | スキャナー, スキャナ | máy scan, máy quét
        Printing | shredder, paper shredder | 碎纸机, 碎紙機 | シュレッダー | máy hủy giấy, máy hủy tài liệu
        Printing | laminator | 塑封机, 过塑机, 護貝機 | ラミネーター | máy ép plastic
        Printing | fax machine, fax | 传真机, 傳真機 | ファックス, FAX | máy fax
        Power | battery, batteries | 电池, 電池, 充电电池, 充電電池 | 電池, 乾電池, 充電池 | pin, pin sạc
        Power | notebook battery, laptop battery | 笔记本电池, 笔记本电脑电池 | ノートパソコン用バッテリー, ノートPCバッテリー | pin laptop
        Power | battery charger | 电池充电器 | 電池充電器 | bộ sạc pin
        Power | charger, usb charger, phone charger | 充电器, 充电头, 充電器 | 充電器, ACチャージャー | bộ sạc, củ sạc, cục sạc, sạc
        Power | power bank, portable charger | 充电宝, 移动电源, 行動電源 | モバイルバッテリー | pin sạc dự phòng, sạc dự phòng, pin dự phòng
        Power | power adapter, ac adapter, power adapter inverter | 电源适配器, 变压器 | ACアダプター, ACアダプタ, 電源アダプター | bộ chuyển nguồn, adapter nguồn
        Power | ups, uninterruptible power supply | 不间断电源, 不斷電系統, UPS | 無停電電源装置, UPS | bộ lưu điện, ups
        Power | power distribution unit, pdu | 机柜插座, 电源分配器, PDU | 電源タップユニット, PDU | thanh phân phối nguồn, pdu
        Power | power strip, power extension, extension lead | 插线板, 插排, 排插, 延長線 | 電源タップ, 延長コード, テーブルタップ | ổ cắm điện, ổ cắm kéo dài, dây nối dài
        Power | surge protector | 防雷插座, 浪涌保护器 | サージプロテクター, 雷ガードタップ | ổ cắm chống sét, thiết bị chống sét
        Power | power cord, power cable | 电源线, 電源線 | 電源コード, 電源ケーブル | dây nguồn, cáp nguồn
        Power | outlet, socket, wall outlet | 插座 | コンセント | ổ cắm
        Power | power plug | 插头 | 電源プラグ | phích cắm
        Power | inverter | 逆变器 | インバーター | bộ biến tần, bộ đổi điện
        Power | solar panel | 太阳能板, 太陽能板 | ソーラーパネル | tấm pin mặt trời
        Cables | cable | 数据线, 线缆, 连接线, 線材 | ケーブル | dây cáp, cáp
        Cables | network cable, networking cable, ethernet cable, patch cable, lan cable | 网线, 网络线, 網路線, 跳线 | LANケーブル, ネットワークケーブル, パッチケーブル | cáp mạng, dây mạng
        Cables | fiber optic cable, fibre optic cable | 光纤线, 光纤跳线, 光纖線 | 光ファイバーケーブル, 光ケーブル | cáp quang
        Cables | usb cable | USB线, USB数据线 | USBケーブル | cáp usb, dây usb
        Cables | charging cable | 充电线, 充電線 | 充電ケーブル | cáp sạc, dây sạc
        Cables | hdmi cable | HDMI线, 高清线 | HDMIケーブル | cáp hdmi, dây hdmi
        Cables | displayport cable | DP线 | DisplayPortケーブル | cáp displayport
        Cables | vga cable, monitor cable | VGA线, 显示器线 | VGAケーブル, モニターケーブル | cáp vga, cáp màn hình
        Cables | audio cable | 音频线, 音源線 | オーディオケーブル | cáp âm thanh
        Cables | video cable | 视频线 | ビデオケーブル, 映像ケーブル | cáp video
        Cables | extension cable | 延长线 | 延長ケーブル | cáp nối dài
        Cables | serial cable | 串口线 | シリアルケーブル | cáp nối tiếp, cáp com
        Cables | sata cable, serial ata cable | SATA线 | SATAケーブル | cáp sata
        Cables | kvm cable | KVM线 | KVMケーブル | cáp kvm
        Cables | coaxial cable | 同轴电缆 | 同軸ケーブル | cáp đồng trục
        Cables | telephone cable, phone cord | 电话线, 電話線 | 電話コード, モジュラーケーブル | dây điện thoại, cáp điện thoại
        Cables | adapter, cable adapter | 转接头, 转换器, 转接器, 轉接頭 | 変換アダプター, 変換アダプタ, アダプター | đầu chuyển, bộ chuyển đổi, đầu chuyển đổi
        Cables | gender changer, coupler | 对接头, 直通头 | 中継アダプター | đầu nối
        Cables | cable splitter, splitter | 分线器, 分配器 | スプリッター, 分配器 | bộ chia
        Cables | cable tie, cable organizer | 扎带, 理线器, 束線帶 | 結束バンド, ケーブルオーガナイザー | dây rút, kẹp cáp
        Cables | wire connector, connector | 连接器, 接头 | コネクター, コネクタ | đầu nối dây
        Network | router, wireless router, wifi router | 路由器, 无线路由器 | ルーター, 無線ルーター, Wi-Fiルーター | bộ định tuyến, router
        Network | network switch, ethernet switch | 交换机, 網路交換器 | スイッチングハブ, ネットワークスイッチ | bộ chuyển mạch, switch mạng
        Network | access point | 无线接入点, 无线AP | アクセスポイント | bộ phát wifi, điểm truy cập
        Network | modem | 调制解调器, 数据机 | モデム | modem
        Network | media converter, network media converter | 光纤收发器 | メディアコンバーター | bộ chuyển đổi quang điện
        Network | transceiver | 光模块 | トランシーバー | module quang
        Network | patch panel | 配线架 | パッチパネル | thanh đấu nối, patch panel
        Network | antenna | 天线, 天線 | アンテナ | ăng ten
        Network | nas, network storage | 网络存储, NAS | ネットワークストレージ, NAS | thiết bị lưu trữ mạng, nas
        Network | network extender, range extender | 信号放大器, 无线扩展器 | 中継器, エクステンダー | bộ kích sóng
        Network | kvm switch | KVM切换器 | KVMスイッチ, 切替器 | bộ chuyển kvm
        Network | rack, server rack, rack cabinet | 机柜, 服务器机柜, 機櫃 | サーバーラック, ラックキャビネット | tủ rack, tủ mạng
        Network | rack accessory | 机柜配件 | ラックアクセサリー | phụ kiện tủ rack
        Network | console server | 控制台服务器 | コンソールサーバー | máy chủ console
        Storage | usb stick, usb flash drive, flash drive, memory stick, thumb drive | U盘, 优盘, 闪存盘, 隨身碟 | USBメモリー, USBメモリ, フラッシュドライブ | usb lưu trữ, ổ usb, thẻ nhớ usb
        Storage | memory card, flash memory card | 存储卡, 内存卡, 記憶卡 | メモリーカード, メモリカード | thẻ nhớ
        Storage | sd card | SD卡 | SDカード | thẻ sd
        Storage | card reader, memory card reader | 读卡器, 讀卡機 | カードリーダー | đầu đọc thẻ
        Storage | drive enclosure, hdd enclosure | 硬盘盒, 硬碟外接盒 | HDDケース, ドライブケース | hộp ổ cứng
        Storage | blank disc, cd-r, dvd-r | 空白光盘, 刻录盘, 空白光碟 | ブランクディスク, CD-R | đĩa trắng
        Storage | tape drive, data cartridge | 磁带机, 数据磁带 | テープドライブ, データカートリッジ | ổ băng từ
        Hubs | usb hub, usb-c hub, usb c hub, type-c hub | USB集线器, USB分线器, USB扩展坞 | USBハブ | bộ chia usb, hub usb, usb hub
        Hubs | docking station, notebook dock | 扩展坞, 底座, 擴充基座 | ドッキングステーション, ドック | đế cắm, dock
        Audio | headphones, headphone, earphones, earbuds | 耳机, 耳塞, 耳機 | ヘッドホン, ヘッドフォン, イヤホン, イヤフォン | tai nghe
        Audio | headset, gaming headset | 头戴式耳机, 耳麦, 頭戴式耳機 | ヘッドセット | tai nghe có mic, tai nghe chụp tai
        Audio | speaker, loudspeaker, portable speaker | 音箱, 音响, 扬声器, 喇叭, 音響 | スピーカー | loa
        Audio | soundbar | 回音壁, 条形音箱 | サウンドバー | loa thanh, loa soundbar
        Audio | microphone | 麦克风, 话筒, 麥克風 | マイク, マイクロフォン, マイクロホン | micro, mic thu âm
        Audio | amplifier, audio amplifier | 功放, 放大器, 擴大機 | アンプ | âm ly, bộ khuếch đại
        Audio | radio | 收音机, 收音機 | ラジオ | đài radio, radio
        Audio | alarm clock, clock radio | 闹钟, 鬧鐘 | 目覚まし時計 | đồng hồ báo thức
        Audio | mp3 player, mp3/mp4 player | 音乐播放器, MP3播放器, 随身听 | 音楽プレーヤー, MP3プレーヤー | máy nghe nhạc
        Audio | cd player | CD机, CD播放器 | CDプレーヤー | máy nghe đĩa cd, đầu cd
        Audio | dvd player, blu-ray player | DVD播放机, 蓝光播放机 | DVDプレーヤー, ブルーレイプレーヤー | đầu dvd, đầu đĩa
        Audio | voice recorder, dictaphone | 录音笔, 錄音筆 | ボイスレコーダー, ICレコーダー | máy ghi âm
        Audio | home theater, home cinema | 家庭影院, 家庭劇院 | ホームシアター | dàn âm thanh, rạp hát tại nhà
        Audio | musical instrument, piano keyboard | 乐器, 電子琴, 电子琴 | 楽器, 電子ピアノ | nhạc cụ, đàn điện tử
        Cameras | camera, digital camera | 数码相机, 相机, 照相机, 相機 | デジタルカメラ, デジカメ, カメラ | máy ảnh, máy chụp ảnh, máy chụp hình
        Cameras | security camera, surveillance camera, ip camera | 监控摄像头, 安防摄像头, 監視器 | 防犯カメラ, 監視カメラ | camera an ninh, camera giám sát
        Cameras | camcorder, video camera | 摄像机, 攝影機 | ビデオカメラ, ハンディカム | máy quay phim, máy quay
        Cameras | camera lens, lens | 镜头, 鏡頭 | カメラレンズ, 交換レンズ, レンズ | ống kính, lens máy ảnh
        Cameras | camera filter, lens filter | 滤镜, 濾鏡 | レンズフィルター | kính lọc, filter máy ảnh
        Cameras | camera flash, flash unit | 闪光灯, 閃光燈 | ストロボ, フラッシュ | đèn flash, đèn nháy
        Cameras | camera bag, camera case | 相机包, 摄影包, 相機包 | カメラバッグ, カメラ用バッグ, カメラ用のバッグ, カメラケース | túi máy ảnh, balo máy ảnh
        Cameras | tripod | 三脚架, 三腳架 | 三脚 | chân máy ảnh, giá ba chân, tripod
        Cameras | binoculars | 望远镜, 双筒望远镜, 望遠鏡 | 双眼鏡 | ống nhòm
        Cameras | photo frame, digital photo frame | 相框, 电子相框 | フォトフレーム, 写真立て | khung ảnh
        Phones | phone, mobile phone, smartphone, cell phone, cellphone | 手机, 智能手机, 手機, 移动电话, 电话, 電話 | スマートフォン, スマホ, 携帯電話 | điện thoại di động, điện thoại thông minh, điện thoại, smartphone
        Phones | phone case, mobile phone case, iphone case | 手机壳, 手机套, 保护壳, 手機殼 | スマホケース, スマートフォンケース, iPhoneケース, 携帯ケース | ốp lưng điện thoại, ốp lưng, ốp điện thoại, bao da điện thoại
        Phones | phone holder, phone mount | 手机支架, 车载支架, 手機架 | スマホスタンド, スマホホルダー | giá đỡ điện thoại, kẹp điện thoại
        Phones | telephone, landline phone, ip phone | 电话机, 座机, 電話機 | 電話機, 固定電話 | điện thoại bàn, điện thoại cố định
        Phones | smart watch, smartwatch | 智能手表, 智慧手錶 | スマートウォッチ | đồng hồ thông minh
        Phones | fitness tracker, activity tracker | 智能手环, 手环, 運動手環 | 活動量計, スマートバンド | vòng đeo tay thông minh
        Phones | walkie-talkie, two-way radio | 对讲机, 對講機 | トランシーバー無線機 | bộ đàm
        Phones | gps navigator, navigator, gps | 导航仪, 車用導航 | カーナビ, ナビゲーター | thiết bị định vị, máy định vị
        Bags | laptop case, notebook case, laptop bag, notebook bag, laptop sleeve | 笔记本电脑包, 电脑包, 笔记本包, 電腦包 | ノートパソコンケース, パソコンバッグ, PCバッグ, PCケースバッグ | túi đựng laptop, túi laptop, cặp laptop
        Bags | tablet case | 平板保护套, 平板电脑保护套 | タブレットケース | ốp máy tính bảng, bao da máy tính bảng
        Bags | case, cover | 保护套, 保护盒, 保護殼 | ケース, カバー | bao đựng, vỏ bọc
        Bags | backpack, rucksack | 双肩包, 背包, 後背包 | リュックサック, リュック, バックパック | ba lô, balo
        Bags | bag, handbag | 包包, 手提包, 包 | バッグ, 鞄, かばん | túi xách, túi
        Bags | suitcase, trolley case | 行李箱, 拉杆箱, 行李箱子 | スーツケース, キャリーケース | va li, vali
        Bags | wallet | 钱包, 錢包 | 財布 | ví
        Stands | laptop stand, notebook stand | 笔记本支架, 电脑支架, 筆電支架 | ノートパソコンスタンド, PCスタンド | giá đỡ laptop, đế laptop
        Stands | monitor mount, monitor arm, flat panel desk mount | 显示器支架, 显示器臂 | モニターアーム | giá treo màn hình, tay đỡ màn hình
        Stands | tv mount, tv bracket, tv wall mount | 电视挂架, 电视支架, 電視架 | テレビ壁掛け金具, テレビスタンド | giá treo tivi
        Stands | wall mount | 壁挂架 | 壁掛け金具 | giá treo tường
        Stands | stand, holder | 支架, 架子 | スタンド, ホルダー | giá đỡ, chân đế
        Stands | cable lock, laptop lock | 电脑锁, 笔记本锁 | ワイヤーロック, セキュリティロック | khóa laptop, khóa cáp
        Gaming | game console, video game console | 游戏机, 游戏主机, 遊戲機 | ゲーム機 | máy chơi game
        Gaming | video game, games, pc game | 电子游戏, 游戏软件, 遊戲 | ゲームソフト, ビデオゲーム, ゲーム | trò chơi điện tử, đĩa game, trò chơi
        Gaming | gaming chair | 电竞椅, 電競椅 | ゲーミングチェア | ghế chơi game, ghế gaming
        Gaming | vr headset, head-mounted display | VR眼镜, 虚拟现实眼镜 | VRゴーグル, VRヘッドセット | kính thực tế ảo, kính vr
        Software | software | 软件, 軟體 | ソフトウェア, ソフト | phần mềm
        Software | operating system | 操作系统, 作業系統 | オペレーティングシステム, OS | hệ điều hành
        Software | antivirus, security software | 杀毒软件, 防毒軟體 | ウイルス対策ソフト, セキュリティソフト | phần mềm diệt virus
        Software | warranty, warranty extension, maintenance support | 延长保修, 保修服务 | 延長保証, 保守サービス | gia hạn bảo hành, bảo hành
        Office | office chair, chair | 办公椅, 椅子, 辦公椅 | オフィスチェア, 椅子, チェア | ghế văn phòng, ghế
        Office | desk, table | 书桌, 办公桌, 桌子 | デスク, 机, テーブル | bàn làm việc, bàn học, cái bàn
        Office | calculator | 计算器, 計算機 | 電卓, 計算機 | máy tính bỏ túi, máy tính cầm tay
        Office | stapler | 订书机, 釘書機 | ホッチキス, ホチキス | dập ghim
        Office | binder, ring binder, folder | 文件夹, 活页夹, 資料夾 | バインダー, ファイル | bìa còng, bìa hồ sơ
        Office | envelope | 信封 | 封筒 | phong bì
        Office | notebook paper, notepad, exercise book | 笔记簿, 便签本, 記事本 | メモ帳, ノート用紙 | sổ tay, vở
        Office | pen, ballpoint pen | 圆珠笔, 钢笔, 原子筆 | ボールペン, ペン | bút bi, bút
        Office | marker | 记号笔, 馬克筆 | マーカー | bút dạ, bút lông
        Office | whiteboard | 白板 | ホワイトボード | bảng trắng
        Office | tape, adhesive tape | 胶带, 膠帶 | 粘着テープ, テープ | băng dính, băng keo
        Office | scissors | 剪刀 | はさみ, ハサミ | kéo
        Office | glue | 胶水, 膠水 | 接着剤 | keo dán
        Office | storage box, filing box | 收纳盒, 收纳箱, 收納盒 | 収納ボックス, 収納箱 | hộp đựng đồ, thùng đựng
        Office | cash register, cash drawer | 收银机, 钱箱, 收銀機 | レジスター, キャッシュドロワー | máy tính tiền, ngăn kéo đựng tiền
        Lighting | lamp, table lamp, desk lamp | 台灯, 灯, 檯燈 | ランプ, 電気スタンド, デスクライト | đèn bàn, đèn
        Lighting | light bulb, bulb, led bulb | 灯泡, 電燈泡 | 電球 | bóng đèn
        Lighting | flashlight, torch | 手电筒, 手電筒 | 懐中電灯, フラッシュライト | đèn pin
        Lighting | led strip, light strip | 灯带, LED灯带 | LEDテープライト | đèn led dây, dây đèn led
        Lighting | light switch | 电灯开关, 開關 | 照明スイッチ | công tắc đèn
        Kitchen | coffee maker, coffee machine | 咖啡机, 咖啡機 | コーヒーメーカー | máy pha cà phê
        Kitchen | espresso machine | 意式咖啡机 | エスプレッソマシン | máy pha espresso
        Kitchen | coffee | 咖啡 | コーヒー | cà phê
        Kitchen | kettle, electric kettle | 电热水壶, 水壶, 電熱水壺 | 電気ケトル, やかん | ấm đun nước, ấm siêu tốc
        Kitchen | toaster | 烤面包机, 多士炉, 烤麵包機 | トースター | máy nướng bánh mì
        Kitchen | blender | 搅拌机, 榨汁机, 果汁機 | ミキサー, ブレンダー | máy xay sinh tố
        Kitchen | mixer, food processor | 料理机, 食物處理機 | フードプロセッサー | máy trộn, máy xay thực phẩm
        Kitchen | microwave, microwave oven | 微波炉, 微波爐 | 電子レンジ | lò vi sóng
        Kitchen | oven | 烤箱 | オーブン | lò nướng
        Kitchen | deep fryer, fryer, air fryer | 空气炸锅, 炸锅, 氣炸鍋 | フライヤー, ノンフライヤー | nồi chiên không dầu, nồi chiên
        Kitchen | rice cooker | 电饭煲, 电饭锅, 電鍋 | 炊飯器 | nồi cơm điện
        Kitchen | refrigerator, fridge | 冰箱 | 冷蔵庫 | tủ lạnh
        Kitchen | freezer | 冷冻柜, 冰柜 | 冷凍庫 | tủ đông
        Kitchen | dishwasher | 洗碗机, 洗碗機 | 食器洗い機, 食洗機 | máy rửa bát, máy rửa chén
        Kitchen | juicer | 榨汁器 | ジューサー | máy ép trái cây
        Kitchen | scale, kitchen scale | 厨房秤, 电子秤 | はかり, キッチンスケール | cân nhà bếp, cái cân
        Kitchen | pan, frying pan | 平底锅, 煎锅 | フライパン | chảo
        Kitchen | knife | 刀具, 菜刀 | 包丁, ナイフ | dao
        Kitchen | water bottle, bottle | 水瓶, 水杯 | 水筒, ボトル | bình nước
        Kitchen | mug, cup | 马克杯, 杯子, 馬克杯 | マグカップ, コップ | cốc, ly sứ
        Household | vacuum cleaner, vacuum | 吸尘器, 吸塵器 | 掃除機 | máy hút bụi
        Household | iron, steam iron | 电熨斗, 熨斗 | アイロン | bàn ủi, bàn là
        Household | washing machine | 洗衣机, 洗衣機 | 洗濯機 | máy giặt
        Household | dryer, tumble dryer | 烘干机, 烘衣機 | 乾燥機 | máy sấy quần áo
        Household | fan, usb fan, electric fan | 电风扇, 风扇, 電風扇 | 扇風機, ファン | quạt điện, quạt
        Household | air conditioner | 空调, 冷氣機 | エアコン | máy lạnh, điều hòa
        Household | heater | 取暖器, 电暖器, 電暖器 | ヒーター, 暖房器具 | máy sưởi
        Household | air purifier | 空气净化器, 空氣清淨機 | 空気清浄機 | máy lọc không khí
        Household | humidifier | 加湿器, 加濕器 | 加湿器 | máy tạo ẩm
        Household | cleaning kit, cleaning cloth, equipment cleansing kit | 清洁套装, 清洁布 | クリーニングキット, クリーニングクロス | bộ vệ sinh, khăn lau
        Household | smoke detector | 烟雾报警器 | 火災報知器 | báo khói
        Household | thermometer | 温度计, 溫度計 | 温度計, 体温計 | nhiệt kế
        Household | clock, wall clock | 时钟, 挂钟, 時鐘 | 時計, 掛け時計 | đồng hồ treo tường
        Household | bedding, duvet | 床上用品, 被子 | 寝具, 布団 | chăn ga, bộ chăn
        Household | pillow | 枕头, 枕頭 | 枕, まくら | gối
        Personal care | hair dryer | 吹风机, 电吹风, 吹風機 | ヘアドライヤー, ドライヤー | máy sấy tóc
        Personal care | shaver, electric shaver, razor | 剃须刀, 电动剃须刀, 刮鬍刀 | 電気シェーバー, シェーバー, ひげそり | máy cạo râu, dao cạo râu
        Personal care | hair trimmer, hair clipper, trimmer | 理发器, 修剪器 | バリカン, トリマー | tông đơ
        Personal care | epilator | 脱毛器 | 脱毛器 | máy nhổ lông
        Personal care | toothbrush, electric toothbrush | 电动牙刷, 牙刷, 電動牙刷 | 電動歯ブラシ, 歯ブラシ | bàn chải điện, bàn chải đánh răng
        Personal care | blood pressure monitor, blood pressure unit | 血压计, 血壓計 | 血圧計 | máy đo huyết áp
        Personal care | personal scale, bathroom scale | 体重秤, 體重計 | 体重計 | cân sức khỏe
        Personal care | nail polish | 指甲油 | マニキュア | sơn móng tay
        Personal care | perfume | 香水 | 香水 | nước hoa
        Personal care | makeup, cosmetics | 化妆品, 化妝品 | 化粧品, コスメ | mỹ phẩm, đồ trang điểm
        Toys | toy, toys | 玩具 | おもちゃ, 玩具 | đồ chơi
        Toys | doll | 娃娃, 洋娃娃, 公仔 | 人形, ドール | búp bê
        Toys | doll clothes | 娃娃衣服 | 人形の服, ドール服 | quần áo búp bê
        Toys | jigsaw puzzle, puzzle | 拼图, 拼圖 | ジグソーパズル, パズル | tranh xếp hình, xếp hình
        Toys | building blocks, building toy | 积木, 積木 | ブロック, 積み木 | đồ chơi lắp ráp, khối xếp hình
        Toys | board game | 桌游, 桌遊 | ボードゲーム | cờ bàn, board game
        Toys | toy car, toy vehicle | 玩具车, 玩具車 | ミニカー, おもちゃの車 | xe đồ chơi, ô tô đồ chơi
        Toys | stuffed toy, plush toy, soft toy | 毛绒玩具, 毛絨玩具 | ぬいぐるみ | thú nhồi bông, thú bông, gấu bông
        Toys | action figure, toy figure | 手办, 公仔模型 | フィギュア | mô hình nhân vật
        Toys | craft kit | 手工套装 | 工作キット, 手芸キット | bộ đồ thủ công
        Toys | playhouse | 游戏屋 | プレイハウス | nhà đồ chơi
        Toys | drone | 无人机, 空拍機 | ドローン | flycam, máy bay không người lái
        Baby | stroller, pushchair | 婴儿车, 嬰兒車 | ベビーカー | xe đẩy em bé, xe nôi
        Baby | car seat, baby car seat | 安全座椅, 汽車安全座椅 | チャイルドシート | ghế ô tô cho bé
        Baby | baby monitor | 婴儿监护器 | ベビーモニター | máy báo khóc
        Baby | baby bottle | 奶瓶 | 哺乳瓶 | bình sữa
        Baby | diaper | 纸尿裤, 尿布 | おむつ, オムツ | tã, bỉm
        Clothing | shoes, shoe, sneakers | 鞋子, 运动鞋, 鞋, 球鞋 | 靴, スニーカー, シューズ | giày
        Clothing | shirt, t-shirt | 衬衫, T恤, 襯衫 | シャツ, Tシャツ | áo sơ mi, áo thun
        Clothing | dress | 连衣裙, 裙子, 洋裝 | ワンピース, ドレス | váy, đầm
        Clothing | jacket, coat | 夹克, 外套 | ジャケット, コート, 上着 | áo khoác
        Clothing | hat, cap | 帽子 | 帽子, キャップ | mũ, nón
        Clothing | gloves | 手套 | 手袋 | găng tay
        Clothing | watch, wristwatch | 手表, 腕表, 手錶 | 腕時計 | đồng hồ đeo tay
        Sports | bicycle, bike | 自行车, 单车, 腳踏車 | 自転車 | xe đạp
        Sports | bicycle carrier | 自行车架 | サイクルキャリア | giá chở xe đạp
        Sports | ball, football | 足球, 球 | サッカーボール, ボール | quả bóng, bóng đá
        Sports | tent | 帐篷, 帳篷 | テント | lều
        Sports | yoga mat | 瑜伽垫, 瑜珈墊 | ヨガマット | thảm yoga
        Sports | dumbbell | 哑铃, 啞鈴 | ダンベル | tạ tay
        Sports | helmet | 头盔, 安全帽 | ヘルメット | mũ bảo hiểm
        Tools | tool kit, tool set, tools | 工具箱, 工具套装, 工具 | 工具セット, 工具 | bộ dụng cụ, dụng cụ
        Tools | drill | 电钻, 電鑽 | 電動ドリル, ドリル | máy khoan
        Tools | screwdriver | 螺丝刀, 起子 | ドライバー工具, ねじ回し | tua vít, tuốc nơ vít
        Tools | stripping tool, cable crimper | 剥线钳, 压线钳 | 圧着工具, ワイヤーストリッパー | kìm bấm mạng, kìm tuốt dây
        Tools | tester, network tester | 测试仪, 测线仪 | テスター | máy đo, bộ test mạng
        Tools | generator | 发电机, 發電機 | 発電機 | máy phát điện
        Pets | pet food, dog food, cat food | 宠物粮, 狗粮, 猫粮 | ペットフード, ドッグフード, キャットフード | thức ăn cho chó, thức ăn cho mèo
        Books | book | 书, 图书, 書 | 本, 書籍 | sách
        Books | e-book reader, ebook reader | 电子书阅读器, 阅读器, 電子書閱讀器 | 電子書籍リーダー | máy đọc sách
        """

    /// Words behind a kind of product that make a part, an accessory or a service of it.
    static let parts = """
        a4 a5 accessory accessories antenna arm belt bracket cabinet cap cleaner cleaning cooling cradle desk dock drawer emulation enclosure extender
        extension filter floorstand folio handset hardware holster hook housing hub hw install installation interface internal label lock mat
        memory module mounting mount only ram pad part parts pillow pod pole quickdock rest riser roller scratch screw security service shelf shell
        skin sleeve spare spares speaker support svc tray upgrade
        """
}
