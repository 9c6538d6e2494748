import Kernel
import Web

/// What the network counts up. Names of their own, so that a folder can speak of a thing without leaning on its folder.
typealias CategoryID = NumericID<ProgramCategory>
typealias ClickID = NumericID<Click>
typealias ConversionID = NumericID<Conversion>
typealias CreativeID = NumericID<Creative>
typealias NoticeID = NumericID<Notice<NoticeType>>
typealias PartnershipID = NumericID<Partnership>
typealias PayoutID = NumericID<Payout>
typealias ProgramID = NumericID<Program>
