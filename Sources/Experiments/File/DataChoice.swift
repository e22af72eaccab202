// SPDX-License-Identifier: MIT

internal import Configuration
public import Data
public import Retrieval

/// Where the datasets lie.
public enum DataLocation: Sendable, Equatable {
    /// In a folder, laid out as published.
    case folder(String)
    /// In the folder of all data beside the program; or in this one beside the experiment's file, where that is there.
    case data(besideFile: String?)
    /// Drawn when needed, into a folder of their own.
    case synthetic(SyntheticWorld)
}

/// The pair of datasets of an experiment.
public struct DataChoice: Sendable, Equatable, Configurable {
    /// Nothing where the target is learnt from alone.
    public var source: DatasetPlace<SourceDataset>? = .init(.personx)
    public var target = DatasetPlace(TargetDataset.visdaTarget)
    /// Where those lie that have no place of their own.
    public var location = DataLocation.data(besideFile: nil)
    /// The protocol that was asked for; nil for the target's own.
    var givenProtocol: RankingProtocol?

    /// What a file says where there is no source.
    static let noSource = "none"

    init() {}

    /// The protocol that results are scored under.
    public var rankingProtocol: RankingProtocol { givenProtocol ?? target.dataset.rankingProtocol }

    /// The world that source and target are drawn in; nothing where they are in folders.
    var drawnWorld: SyntheticWorld? {
        guard case .synthetic(let world) = location, takesLocation else { return nil }
        return world
    }

    /// Whether some dataset lies where `location` says.
    private var takesLocation: Bool {
        target.path == nil || source.map { $0.path == nil } ?? false
    }

    static var fields: [Field<DataChoice>] {
        [
            Field(
                "source", .reference, \.source,
                meaning: "The dataset with labels, which is learnt from. `none` learns from the target alone.", .sourceOrNone
            ) { $0?.node ?? YAMLNode(noSource) },
            Field(
                "target", .reference, \.target,
                meaning:
                    "The dataset to adapt to. Its training images are taken without labels, its queries and gallery score.",
                DatasetPlace<TargetDataset>.reader
            ) { $0.node },
            Field(
                key: "location", roles: .reference,
                meaning: "Where the datasets are that have no path: in a folder, or a world of pedestrians that is drawn.",
                form: LocationField.reader.form,
                read: { mapping, choice in
                    if let found = mapping.optional("location", LocationField.reader) { choice.location = found.value }
                },
                write: { choice, _ in choice.takesLocation ? LocationField.node(choice.location) : nil }),
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
            if choice.drawnWorld != nil {
                if let source = choice.source { choice.requireDrawn("source", source, .personx, mapping) }
                choice.requireDrawn("target", choice.target, .visdaTarget, mapping)
            }
            choice.requireCameras(mapping)
            return choice
        }
    }

    /// Whether the folder of a location is the word for that of all data, and no path.
    static func isProgramData(_ folder: YAMLNode) -> Bool {
        if case .scalar(.text(LocationField.data)) = folder.value { true } else { false }
    }

    private func requireCameras(_ mapping: MappingReader) {
        guard let conflict = givenProtocol.flatMap(target.dataset.conflict) else { return }
        mapping.collector.report(
            .conflict(conflict),
            at: mapping.keys.first { $0.value == "protocol" }?.span ?? mapping.span,
            keyPath: "\(mapping.keyPath).protocol")
    }

    /// A drawn world has one source and one target.
    private func requireDrawn<Role>(
        _ key: String, _ found: DatasetPlace<Role>, _ drawn: Dataset, _ mapping: MappingReader
    ) {
        let message: String
        if found.path != nil {
            message = "a path goes with none for a drawn world; allowed: a path for source and target both, or for neither"
        } else if found.dataset != drawn {
            message =
                "a drawn world has no '\(found.name)'; allowed: \(drawn.rawValue), {kind: \(found.name), path: PATH}, "
                + "or location: {folder: PATH}"
        } else {
            return
        }
        mapping.collector.report(
            .conflict(message), at: mapping.keys.first { $0.value == key }?.span ?? mapping.span,
            keyPath: "\(mapping.keyPath).\(key)")
    }
}

/// The key `location`: `{folder: PATH}` or `{synthetic: {…}}`.
private enum LocationField {
    enum Kind: String, CaseIterable {
        case folder, synthetic
    }

    /// What a file calls the folder of all data.
    static let data = "data"

    static var reader: ValueReader<DataLocation> {
        let form = ValueForm.choice([
            .init(
                Kind.folder.rawValue, .path,
                meaning:
                    "A folder with the datasets. `data` is the one beside this file where there is one, and else the one beside the program."
            ),
            .init(
                Kind.synthetic.rawValue, .mapping(SyntheticWorld.keys),
                meaning: "A small world of pedestrians in two domains, drawn when it is needed."),
        ])
        return ValueReader(expected: "{folder: PATH} or {synthetic: {…}}", form: form) { node, keyPath, collector in
            // `folder` holds a text, `synthetic` a mapping, which `oneOf` alone cannot tell apart.
            if case .mapping(let entries) = node.value, entries.count == 1, entries[0].key == Kind.folder.rawValue {
                let mapping = MappingReader(node, at: keyPath, reportingTo: collector)
                let isData = { $0 == data }
                guard let folder = mapping.required(Kind.folder.rawValue, .path(orName: isData)) else { return nil }
                return isData(folder.value) ? .data(besideFile: folder.span.resolving("./data")) : .folder(folder.value)
            }
            return ValueReader<DataLocation>.oneOf(Kind.self) { kind, mapping in
                switch kind {
                case .folder: .data(besideFile: nil)
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
        case .data: YAMLNode(["folder": YAMLNode(data)])
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
