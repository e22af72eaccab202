// SPDX-License-Identifier: MIT

internal import Configuration
public import Data
public import Retrieval

/// Where the datasets lie.
public enum DataLocation: Sendable, Equatable {
    /// In a folder, laid out as published.
    case folder(String)
    /// Drawn when needed, into a folder of their own.
    case synthetic(SyntheticWorld)
}

/// The pair of datasets of an experiment.
public struct DataChoice: Sendable, Equatable, Configurable {
    /// Nothing where the target is learnt from alone.
    public var source: SourceDataset? = .personx
    public var target = TargetDataset.visdaTarget
    public var location = DataLocation.folder("data")
    /// The protocol that was asked for; nil for the target's own.
    var givenProtocol: RankingProtocol?

    init() {}

    /// The protocol that results are scored under.
    public var rankingProtocol: RankingProtocol { givenProtocol ?? target.dataset.rankingProtocol }

    static var fields: [Field<DataChoice>] {
        [
            Field(
                "source", .reference, \.source,
                meaning: "The dataset with labels, which is learnt from. `none` learns from the target alone.", .sourceOrNone
            ) { YAMLNode($0?.rawValue ?? "none") },
            .choice(
                "target", .reference, \.target, orMatching: TargetDataset.withdrawn,
                meaning:
                    "The dataset to adapt to. Its training images are taken without labels, its queries and gallery score."),
            Field(
                "location", .reference, \.location,
                meaning: "Where the datasets are: in a folder, or a world of pedestrians that is drawn.",
                LocationField.reader, LocationField.node),
            .choice(
                "protocol", .result, \.givenProtocol,
                meaning: KeyMeaning(
                    "Which gallery images count when a query is scored.",
                    leftOut: "the protocol of the target's published numbers")),
        ]
    }

    /// Reads the keys and holds them against each other.
    static var reader: ValueReader<DataChoice> {
        .mapping(keys) { mapping in
            let choice = DataChoice(mapping)
            if case .synthetic = choice.location {
                if let source = choice.source { choice.requireDrawn("source", source.rawValue, .personx, mapping) }
                choice.requireDrawn("target", choice.target.rawValue, .visdaTarget, mapping)
            }
            choice.requireCameras(mapping)
            return choice
        }
    }

    /// A protocol that leaves out images of the query's camera would leave out all that have none.
    private func requireCameras(_ mapping: MappingReader) {
        guard let givenProtocol, givenProtocol.usesCameras, !target.dataset.definition.hasCameras else { return }
        let allowed = RankingProtocol.allCases.filter { !$0.usesCameras }.map(\.rawValue).joined(separator: ", ")
        mapping.collector.report(
            .conflict(
                "'\(target.rawValue)' does not say which camera took an image, so '\(givenProtocol.rawValue)' cannot score "
                    + "it; allowed: \(allowed)"),
            at: mapping.keys.first { $0.value == "protocol" }?.span ?? mapping.span,
            keyPath: "\(mapping.keyPath).protocol")
    }

    /// A drawn world has one source and one target.
    private func requireDrawn(_ key: String, _ found: String, _ drawn: Dataset, _ mapping: MappingReader) {
        guard found != drawn.rawValue else { return }
        mapping.collector.report(
            .conflict("a drawn world has no '\(found)'; allowed: \(drawn.rawValue), or location: {folder: PATH}"),
            at: mapping.keys.first { $0.value == key }?.span ?? mapping.span, keyPath: "\(mapping.keyPath).\(key)")
    }
}

extension ValueReader where Value == SourceDataset? {
    /// A dataset, or `none`.
    fileprivate static var sourceOrNone: ValueReader {
        let dataset = ValueReader<SourceDataset>.choice()
        let words = SourceDataset.allCases.map(\.rawValue) + ["none"]
        let form = ValueForm.word(words, orMatching: SourceDataset.withdrawn)
        return ValueReader(expected: "\(dataset.expected), or none", form: form) { node, keyPath, collector in
            if case .scalar(.text("none")) = node.value { return .some(nil) }
            return dataset.value(node, at: keyPath, collector).map(Optional.some)
        }
    }
}

/// The key `location`: `{folder: PATH}` or `{synthetic: {…}}`.
private enum LocationField {
    enum Kind: String, CaseIterable {
        case folder, synthetic
    }

    static var reader: ValueReader<DataLocation> {
        let form = ValueForm.choice([
            .init(
                Kind.folder.rawValue, .path,
                meaning:
                    "A folder with the datasets. `data` is the one beside the program; any other path begins where the program is started."
            ),
            .init(
                Kind.synthetic.rawValue, .mapping(SyntheticWorld.keys),
                meaning: "A small world of pedestrians in two domains, drawn when it is needed."),
        ])
        return ValueReader(expected: "{folder: PATH} or {synthetic: {…}}", form: form) { node, keyPath, collector in
            // `folder` holds a text, `synthetic` a mapping, which `oneOf` alone cannot tell apart.
            if case .mapping(let entries) = node.value, entries.count == 1, entries[0].key == Kind.folder.rawValue {
                let mapping = MappingReader(node, at: keyPath, reportingTo: collector)
                return mapping.required(Kind.folder.rawValue, .name).map { .folder($0.value) }
            }
            return ValueReader<DataLocation>.oneOf(Kind.self) { kind, mapping in
                switch kind {
                case .folder: .folder("data")
                case .synthetic: world(mapping).map { .synthetic($0) }
                }
            }.value(node, at: keyPath, collector)
        }
    }

    /// The world of a mapping, unless its parameters contradict each other.
    private static func world(_ mapping: MappingReader) -> SyntheticWorld? {
        let world = SyntheticWorld(mapping)
        for problem in world.problems() {
            mapping.collector.report(
                .outOfRange(found: problem.found, allowed: problem.allowed), at: mapping.span,
                keyPath: "\(mapping.keyPath).\(problem.key)")
        }
        return world.problems().isEmpty ? world : nil
    }

    static func node(_ location: DataLocation) -> YAMLNode? {
        switch location {
        case .folder(let path): YAMLNode(["folder": YAMLNode(path)])
        case .synthetic(let world): YAMLNode(["synthetic": world.node])
        }
    }
}

extension ValueReader where Value == UInt64 {
    static var seed: ValueReader {
        let allowed = Int(Limits.seed.lowerBound)...Int(Limits.seed.upperBound)
        return ValueReader<Int>.integer(allowed).map { UInt64($0) }
    }
}
