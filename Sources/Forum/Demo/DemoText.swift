import Web

/// The words of the demo's forum.
enum DemoText {
    /// Who reads along, and can be signed in as.
    static let guest = "haruto"

    /// What an agent's answer speaks of.
    struct Place: Sendable {
        let iso: String
        let latitude: Double
        let longitude: Double
        let radiusM: Int64
    }

    struct Line: Sendable {
        /// Nil for the agent.
        var member: String?
        var language = Language.english
        /// Of an agent's answer.
        var place: Place?
        let body: String
    }

    struct Thread: Sendable {
        let title: String
        let category: String
        let lines: [Line]

        var place: PostInput.NewThread {
            PostInput.NewThread(title: self.title, category: self.category, language: nil, slug: nil)
        }
    }

    static let threads = [
        Thread(
            title: "三年坂は朝何時なら空いていますか",
            category: "kyoto",
            lines: [
                Line(
                    member: "haruto",
                    language: .japanese,
                    body: "来週、家族で清水寺に行きます。三年坂で人の少ない写真を撮りたいのですが、何時ごろ着けばよいでしょうか。"
                ),
                Line(
                    place: Place(iso: "JP-26", latitude: 34.9966, longitude: 135.7810, radiusM: 300),
                    body: """
                        **6時半まで**に着けば、ほとんど人がいません。

                        - 清水寺の開門は6時です。先に本堂を見て、帰りに坂を下りる順番が楽です。
                        - 店は9時から10時に開きます。早朝は写真だけと考えてください。
                        - 7時半を過ぎると、修学旅行の団体が増えます。
                        """
                ),
            ]
        ),
        Thread(
            title: "Có nên mua eSIM trước khi bay sang Nhật không?",
            category: "esim",
            lines: [
                Line(
                    member: "linh",
                    language: .vietnamese,
                    body:
                        "Mình đi Tokyo 7 ngày, chủ yếu dùng bản đồ và nhắn tin. Nên mua eSIM trước ở nhà hay mua ở sân bay Narita?"
                ),
                Line(
                    place: Place(iso: "JP-12", latitude: 35.7720, longitude: 140.3929, radiusM: 2000),
                    body: """
                        Nên mua **trước khi bay**. Bạn cài eSIM khi còn Wi-Fi ở nhà, đến nơi chỉ cần bật lên.

                        Với bản đồ và tin nhắn, 7 ngày thường hết khoảng 3 GB. Bạn có thể xem [các gói cho Nhật Bản](https://esim.example/japan).
                        Quầy ở Narita cũng có bán, nhưng buổi tối hay phải xếp hàng.
                        """
                ),
            ]
        ),
        Thread(
            title: "Powder days around Niseko without a car",
            category: "hokkaido",
            lines: [
                Line(
                    place: Place(iso: "JP-01", latitude: 42.8045, longitude: 140.6873, radiusM: 5000),
                    body: """
                        You can ski for a week here without driving:

                        | Leg | How | Time |
                        | --- | --- | --- |
                        | New Chitose Airport to Hirafu | resort bus, book ahead | 2.5–3 h |
                        | Between the four resorts | free shuttle with the all-mountain pass | 10–25 min |

                        Go up on weekdays before nine. After a storm the top gates open late, so start on the lower lifts.
                        """
                ),
                Line(
                    member: "emma",
                    body:
                        "The last shuttle back left earlier than I expected in March. Take a picture of the timetable at the stop."
                ),
            ]
        ),
        Thread(
            title: "大阪三日怎么安排比较轻松？",
            category: "osaka",
            lines: [
                Line(
                    member: "xiaoyu",
                    language: .chinese,
                    body: "带父母第一次去大阪，一共三天。不想太赶，想留一天去奈良。有什么建议吗？"
                ),
                Line(
                    place: Place(iso: "JP-27", latitude: 34.6937, longitude: 135.5023, radiusM: 10_000),
                    body: """
                        可以这样走，每天只去一个区域：

                        1. 第一天：大阪城公园，傍晚在道顿堀吃饭。
                        2. 第二天：坐近铁去奈良，约四十分钟。上午先去奈良公园，下午人会多。
                        3. 第三天：天满一带的商店街，室内多，下雨也方便。

                        父母走累了，大阪市内乘出租车并不贵。
                        """
                ),
            ]
        ),
        Thread(
            title: "Is it rude to eat while walking?",
            category: "etiquette",
            lines: [
                Line(
                    member: "tom",
                    body:
                        "I read that one should not eat while walking in Japan. Does that hold at food stalls and markets too?"
                ),
                Line(
                    member: "mika",
                    body:
                        "Stand beside the stall and finish there. Many market streets ask for it with signs, and the stall takes the rubbish back."
                ),
            ]
        ),
    ]
}
