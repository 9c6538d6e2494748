extension String {
    var nonEmpty: String? { self.isEmpty ? nil : self }

    /// The beginning, cut on a character.
    func beginning(_ characters: Int) -> String {
        // characters: what people see is not cut in the middle
        self.utf8.count <= characters ? self : String(self.prefix(characters))
    }
}
