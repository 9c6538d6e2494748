/// Boxes of Japan's prefectures, rounded outward to 0.01° from their extreme points as the Geospatial Information Authority of Japan publishes
/// them (都道府県の東西南北端点). Checked against that page's points of Hokkaido and of Japan's four ends and its 47 prefectural offices; against the
/// 761 places of GeoNames that say their prefecture, which all lie inside; and against Natural Earth's boundaries, which agree to 0.03° where they show the islands.
enum JapanBoxes {
    /// Tokyo has islands a thousand kilometres away: one box around all of it would take in its neighbours.
    private static let tokyo = [
        PlaceBox(35.50, 35.90, 138.94, 139.92), PlaceBox(29.79, 34.80, 138.80, 140.35),
        PlaceBox(20.42, 27.75, 136.06, 153.99),
    ]

    static let all: [String: [PlaceBox]] = Self.single.mapValues { [$0] }.merging(["JP-13": Self.tokyo]) { $1 }

    private static let single: [String: PlaceBox] = [
        "JP-01": PlaceBox(41.35, 45.56, 139.33, 148.90),  // Hokkaido
        "JP-02": PlaceBox(40.21, 41.56, 139.49, 141.69),  // Aomori
        "JP-03": PlaceBox(38.74, 40.46, 140.65, 142.08),  // Iwate
        "JP-04": PlaceBox(37.77, 39.01, 140.27, 141.68),  // Miyagi
        "JP-05": PlaceBox(38.87, 40.52, 139.69, 141.00),  // Akita
        "JP-06": PlaceBox(37.73, 39.21, 139.52, 140.65),  // Yamagata
        "JP-07": PlaceBox(36.79, 37.98, 139.16, 141.05),  // Fukushima
        "JP-08": PlaceBox(35.73, 36.95, 139.68, 140.86),  // Ibaraki
        "JP-09": PlaceBox(36.19, 37.16, 139.32, 140.30),  // Tochigi
        "JP-10": PlaceBox(35.98, 37.06, 138.39, 139.67),  // Gunma
        "JP-11": PlaceBox(35.75, 36.29, 138.71, 139.91),  // Saitama
        "JP-12": PlaceBox(34.89, 36.11, 139.73, 140.88),  // Chiba
        "JP-14": PlaceBox(35.12, 35.68, 138.91, 139.80),  // Kanagawa
        "JP-15": PlaceBox(36.73, 38.56, 137.63, 139.90),  // Niigata
        "JP-16": PlaceBox(36.27, 36.99, 136.76, 137.77),  // Toyama
        "JP-17": PlaceBox(36.06, 37.86, 136.24, 137.37),  // Ishikawa
        "JP-18": PlaceBox(35.34, 36.30, 135.44, 136.84),  // Fukui
        "JP-19": PlaceBox(35.16, 35.98, 138.18, 139.14),  // Yamanashi
        "JP-20": PlaceBox(35.19, 37.04, 137.32, 138.74),  // Nagano
        "JP-21": PlaceBox(35.13, 36.47, 136.27, 137.66),  // Gifu
        "JP-22": PlaceBox(34.57, 35.65, 137.47, 139.18),  // Shizuoka
        "JP-23": PlaceBox(34.57, 35.43, 136.67, 137.84),  // Aichi
        "JP-24": PlaceBox(33.72, 35.26, 135.85, 136.99),  // Mie
        "JP-25": PlaceBox(34.79, 35.71, 135.76, 136.46),  // Shiga
        "JP-26": PlaceBox(34.70, 35.78, 134.85, 136.06),  // Kyoto
        "JP-27": PlaceBox(34.27, 35.06, 135.09, 135.75),  // Osaka
        "JP-28": PlaceBox(34.15, 35.68, 134.25, 135.47),  // Hyogo
        "JP-29": PlaceBox(33.85, 34.79, 135.53, 136.23),  // Nara
        "JP-30": PlaceBox(33.43, 34.39, 134.99, 136.02),  // Wakayama
        "JP-31": PlaceBox(35.05, 35.62, 133.13, 134.52),  // Tottori
        "JP-32": PlaceBox(34.30, 37.25, 131.66, 133.39),  // Shimane
        "JP-33": PlaceBox(34.29, 35.36, 133.26, 134.42),  // Okayama
        "JP-34": PlaceBox(34.03, 35.11, 132.03, 133.48),  // Hiroshima
        "JP-35": PlaceBox(33.71, 34.80, 130.77, 132.50),  // Yamaguchi
        "JP-36": PlaceBox(33.53, 34.26, 133.66, 134.83),  // Tokushima
        "JP-37": PlaceBox(34.01, 34.57, 133.44, 134.45),  // Kagawa
        "JP-38": PlaceBox(32.88, 34.31, 132.01, 133.70),  // Ehime
        "JP-39": PlaceBox(32.70, 33.89, 132.47, 134.32),  // Kochi
        "JP-40": PlaceBox(33.00, 34.25, 129.98, 131.20),  // Fukuoka
        "JP-41": PlaceBox(32.95, 33.62, 129.73, 130.55),  // Saga
        "JP-42": PlaceBox(31.98, 34.73, 128.10, 130.39),  // Nagasaki
        "JP-43": PlaceBox(32.09, 33.20, 129.94, 131.33),  // Kumamoto
        "JP-44": PlaceBox(32.71, 33.75, 130.82, 132.18),  // Oita
        "JP-45": PlaceBox(31.36, 32.84, 130.70, 131.89),  // Miyazaki
        "JP-46": PlaceBox(27.01, 32.32, 128.39, 131.21),  // Kagoshima
        "JP-47": PlaceBox(24.04, 27.89, 122.93, 131.34),  // Okinawa
    ]
}
