extension SearchKind {
    /// How much a document is about a word, 1 to 255: how often the word stands in each field, by the field's weight and length.
    ///
    /// The lengths are held against fixed ones, so that a document's weights depend on nothing but itself.
    func weight(_ frequencies: [Double], _ lengths: [Int]) -> UInt8 {
        let sum = self.frequency(frequencies, lengths).reduce(0, +)
        return UInt8(max(1, min(255, (255 * sum / (self.ranking.saturation + sum)).rounded())))
    }

    /// A word that is repeated more often in a field says no more, so that repeating it does not bring a record forward.
    private static let repetitionLimit = 3.0

    /// What each field adds, before repetitions count less.
    func frequency(_ frequencies: [Double], _ lengths: [Int]) -> [Double] {
        self.fields.indices.map { index in
            let field = self.fields[index]
            let share = self.ranking.lengthShare
            return field.weight * min(frequencies[index], Self.repetitionLimit)
                / (1 - share + share * Double(lengths[index]) / field.usualLength)
        }
    }
}
