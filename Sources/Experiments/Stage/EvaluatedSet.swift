// SPDX-License-Identifier: MIT

internal import Configuration
internal import Data
internal import Foundation
internal import Layers
internal import Retrieval

/// A dataset with queries and a gallery.
struct EvaluatedDataset: DatasetRole, Hashable {
    let dataset: Dataset

    static let folder = EvaluatedDataset(dataset: .folder)

    private init(dataset: Dataset) {
        self.dataset = dataset
    }

    init?(rawValue: String) {
        guard let dataset = Dataset(rawValue: rawValue), dataset.definition.hasQueries else { return nil }
        self.dataset = dataset
    }
}

/// What networks can be scored on, as an experiment says it.
enum EvaluatedPlace: Sendable, Hashable {
    case source, target
    /// Any other dataset; without a path it lies where the experiment's own do.
    case elsewhere(EvaluatedDataset, path: String?)

    private enum Word: String, CaseIterable {
        case source, target
    }

    /// One of them, or a list.
    static var reader: ValueReader<[EvaluatedPlace]> {
        .oneOrSeveral(one, expected: "\(one.expected), or a sequence", count: 1...Limits.evaluatedSets.upperBound)
    }

    private static var one: ValueReader<EvaluatedPlace> {
        let words = ValueReader<String>.word(of: words)
        let form = ValueForm.either([
            .word(Self.words, orMatching: EvaluatedDataset.withdrawn),
            .mapping(DatasetPlace<EvaluatedDataset>.reader.form.keys),
        ])
        return ValueReader(expected: "\(words.expected), or {kind: …, path: …}", form: form) { node, keyPath, collector in
            if case .mapping = node.value {
                let place = DatasetPlace<EvaluatedDataset>.reader.value(node, at: keyPath, collector)
                return place.map { .elsewhere($0.role, path: $0.path) }
            }
            // A dataset may be accepted that is not suggested.
            if case .scalar(.text(let text)) = node.value, let dataset = EvaluatedDataset(rawValue: text) {
                return .elsewhere(dataset, path: nil)
            }
            return words.value(node, at: keyPath, collector).flatMap(Word.init).map { $0 == .source ? .source : .target }
        }
    }

    private static var words: [String] { Word.allCases.map(\.rawValue) + EvaluatedDataset.allCases.map(\.rawValue) }

    var node: YAMLNode {
        switch self {
        case .source: YAMLNode(Word.source.rawValue)
        case .target: YAMLNode(Word.target.rawValue)
        case .elsewhere(let dataset, let path): DatasetPlace(dataset, path: path).node
        }
    }
}

/// Queries and a gallery that a stage scores networks on, resolved.
struct EvaluatedSet: Sendable, Hashable {
    let place: EvaluatedPlace
    let dataset: Dataset
    let rankingProtocol: RankingProtocol
    /// What its row is called. It depends on no folder but the dataset's own.
    let name: String

    /// Whose normalisation a network uses that has one for each domain.
    var domain: Domain { place == .source ? .source : .target }
}

extension [EvaluatedPlace] {
    /// What rows of each are called: the role and its dataset, or the dataset and its folder, with as many of the
    /// folders above it as tell it from the others.
    func names(source: Dataset?, target: Dataset) -> [String] {
        let names = { (folders: Int) in map { $0.name(source: source, target: target, folders: folders) } }
        return (1...Self.mostFolders).lazy.map(names).first { Set($0).count == count } ?? names(.max)
    }

    /// Paths that have this many folders in common and differ above are told apart by the whole of them.
    private static var mostFolders: Int { 8 }

    /// The first that is named twice, however its path is written.
    var repeated: EvaluatedPlace? {
        indices.first { row in self[..<row].contains { $0.wholeName == self[row].wholeName } }.map { self[$0] }
    }
}

extension EvaluatedPlace {
    /// Another for each place, however a path is written.
    fileprivate var wholeName: String { name(source: nil, target: .folder, folders: .max) }

    fileprivate func name(source: Dataset?, target: Dataset, folders: Int) -> String {
        switch self {
        case .source: return "source (\(source?.rawValue ?? "none"))"
        case .target: return "target (\(target.rawValue))"
        case .elsewhere(let dataset, let path):
            guard let path else { return dataset.rawValue }
            let parts = URL(fileURLWithPath: absolutePath(path)).standardizedFileURL.pathComponents.suffix(folders)
            return "\(dataset.rawValue) in \(parts.joined(separator: "/"))"
        }
    }
}
