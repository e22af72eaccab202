// SPDX-License-Identifier: MIT

internal import Pipeline
public import Retrieval

/// What a file of weights says of the training that its network comes from.
///
/// Nothing in it depends on when, where or in how many attempts the training ran, so that a resumed run's file has the bits
/// of one that was not interrupted. A stage that several experiments share says which of them has computed it.
public struct TrainingFacts: Sendable, Equatable {
    /// What the network's experiment scores under.
    public let rankingProtocol: RankingProtocol
    /// Nothing where the target was learnt from alone.
    public let source: String?
    public let target: String
    /// Whether both are of a drawn world, and not the published ones.
    public let isDrawn: Bool
    /// How many epochs were trained.
    public let epochs: Int
    public let experiment: String
    public let stage: String
    public let method: String
    /// The key of the stage's result, as hexadecimal digits.
    public let key: String

    fileprivate enum Key: String, CodingKey {
        case rankingProtocol = "protocol"
        case source, target
        case isDrawn = "drawn_world"
        // The name that training programs in Python have for it.
        case epochs = "epoch"
        case experiment, stage, method
        case key = "stage_key"
    }

    private static let none = "none"
    private static let truths = ["no", "yes"]

    init(_ data: DataChoice, epochs: Int, _ origin: StageOrigin) {
        rankingProtocol = data.rankingProtocol
        source = data.source?.name
        target = data.target.name
        isDrawn = data.drawnWorld != nil
        self.epochs = epochs
        (experiment, stage, method) = (origin.experiment, origin.stage, origin.method)
        key = "\(origin.key)"
    }

    /// As a file says it.
    var text: [String: String] {
        let values: [Key: String] = [
            .rankingProtocol: rankingProtocol.rawValue, .source: source ?? Self.none, .target: target,
            .isDrawn: Self.truths[isDrawn ? 1 : 0], .epochs: "\(epochs)", .experiment: experiment, .stage: stage,
            .method: method, .key: key,
        ]
        return Dictionary(uniqueKeysWithValues: values.map { ($0.rawValue, $1) })
    }

    /// What a file says; nothing unless it has a stage's key, without which its words may be another program's.
    ///
    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` for a protocol that is not known, or what is no
    ///   number, or missing.
    init?(_ file: WeightFile) throws(WeightFileError) {
        guard let key = file.facts[Key.key.rawValue], key.wholeMatch(of: /[0-9a-f]{64}/) != nil else { return nil }
        func value<Value>(_ key: Key, _ allowed: String, _ value: (String) -> Value?) throws(WeightFileError) -> Value {
            let found = file.facts[key.rawValue] ?? ""
            guard !found.isEmpty, let value = value(found) else {
                throw .unusableFact(path: file.path, name: key.rawValue, found: found, allowed: allowed)
            }
            return value
        }
        self.key = key
        rankingProtocol = try value(
            .rankingProtocol, RankingProtocol.allCases.map(\.rawValue).joined(separator: ", ")
        ) { RankingProtocol(rawValue: $0) }
        let source = try value(.source, "a dataset, or \(Self.none)") { $0 }
        self.source = source == Self.none ? nil : source
        target = try value(.target, "a dataset") { $0 }
        isDrawn = try value(.isDrawn, Self.truths.joined(separator: " or ")) { Self.truths.firstIndex(of: $0) } == 1
        epochs = try value(.epochs, "1 or more") { Int($0).flatMap { $0 >= 1 ? $0 : nil } }
        experiment = try value(.experiment, "a name") { $0 }
        stage = try value(.stage, "a name") { $0 }
        method = try value(.method, "a name") { $0 }
    }
}

extension TrainingFacts: CustomStringConvertible {
    /// Two sentences for people.
    public var description: String {
        let data = source.map { "from \($0) to \(target)" } ?? "on \(target) alone"
        return "trained by stage '\(stage)' (\(method)) of experiment '\(experiment)', epoch \(epochs), \(data)"
            + (isDrawn ? ", a drawn world" : "") + "; scored under \(rankingProtocol.rawValue)"
    }
}

extension TrainingFacts: Encodable {
    /// Under the names of the file, a source that is not there as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rankingProtocol, forKey: .rankingProtocol)
        try container.encode(source, forKey: .source)
        try container.encode(target, forKey: .target)
        try container.encode(isDrawn, forKey: .isDrawn)
        try container.encode(epochs, forKey: .epochs)
        try container.encode(experiment, forKey: .experiment)
        try container.encode(stage, forKey: .stage)
        try container.encode(method, forKey: .method)
        try container.encode(key, forKey: .key)
    }
}
