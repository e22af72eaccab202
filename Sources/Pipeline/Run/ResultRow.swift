// SPDX-License-Identifier: MIT

/// Named figures after one step worth comparing; a row of the final table.
///
/// In JSON every figure is a member beside `name` and `protocol`.
public struct ResultRow: Sendable, Equatable {
    /// What the figures are of: `before training`.
    public let name: String
    /// The protocol that they were measured under; nil where it is the table's.
    public let evaluationProtocol: String?
    /// The figures by name. What they mean is known to whoever makes the row and shows it.
    public let figures: [String: Double]

    /// A row of figures, none of them called `name` or `protocol`.
    public init(name: String, evaluationProtocol: String? = nil, figures: [String: Double]) {
        FlatFigures.requireFree(figures.keys)
        self.name = name
        self.evaluationProtocol = evaluationProtocol
        self.figures = figures
    }

    fileprivate func named(_ name: String) -> ResultRow {
        ResultRow(name: name, evaluationProtocol: evaluationProtocol, figures: figures)
    }
}

extension [ResultRow] {
    /// With the rows of a further stage; one that is called as an earlier stage's says whose it is.
    package func appending(_ rows: [ResultRow], of stage: String) -> [ResultRow] {
        let taken = Set(map(\.name))
        return self + rows.map { taken.contains($0.name) ? $0.named("\($0.name) (\(stage))") : $0 }
    }
}

extension ResultRow: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: FlatFigures.Key.self)
        name = try container.decode(String.self, forKey: .name)
        evaluationProtocol = try container.decodeIfPresent(String.self, forKey: .evaluationProtocol)
        figures = try FlatFigures(from: decoder).values
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FlatFigures.Key.self)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(evaluationProtocol, forKey: .evaluationProtocol)
        try FlatFigures(values: figures).encode(to: encoder)
    }
}

/// Figures as members of the JSON object that says what they are of.
struct FlatFigures: Codable {
    /// A member's name.
    struct Key: CodingKey, Hashable {
        static let name = Key(stringValue: "name")
        static let evaluationProtocol = Key(stringValue: "protocol")
        /// The members that are no figures.
        static let taken: Set = [name, evaluationProtocol]

        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let values: [String: Double]

    init(values: [String: Double]) {
        self.values = values
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let keys = container.allKeys.filter { !Key.taken.contains($0) }
        values = try Dictionary(
            uniqueKeysWithValues: keys.map {
                ($0.stringValue, try container.decode(Double.self, forKey: $0))
            })
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (name, value) in values { try container.encode(value, forKey: Key(stringValue: name)) }
    }

    static func requireFree(_ names: some Sequence<String>) {
        let clashes = names.filter { Key.taken.contains(Key(stringValue: $0)) }
        precondition(clashes.isEmpty, "no figure may be called \(clashes)")
    }
}
