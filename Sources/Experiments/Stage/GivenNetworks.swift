// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Data
internal import Layers
internal import Reporting

/// The networks that a stage goes on with: those of an earlier stage, or those in somebody's files.
struct GivenNetworks: Sendable {
    /// The earlier stage; nothing for files.
    let stage: String?
    /// In files the members have paths in the place of artefacts' names.
    let set: NetworkSet

    /// What an earlier stage leaves.
    init(_ stage: String, _ set: NetworkSet) {
        (self.stage, self.set) = (stage, set)
    }

    /// What files hold, each one network of the shape.
    fileprivate init(files: [String], _ shape: NetworkShape) {
        (stage, set) = (nil, NetworkSet(files.map { NetworkSet.Member(file: $0, shape: shape) }))
    }

    var inputs: [StageInput] { stage.map { [StageInput(stage: $0, networks: set)] } ?? [] }
    /// The members that are files; nothing where an earlier stage leaves them.
    var files: NetworkSet? { stage == nil ? set : nil }
    /// What the key that names a stage says once it is resolved.
    var reference: StageReference { stage.map { .named($0) } ?? .latest }
}

/// The keys of networks that come from files, for stages that else go on with an earlier stage's.
struct NetworkFiles: Sendable, Configurable {
    /// In the order of the networks; none where an earlier stage leaves them.
    var paths: [String] = []
    /// The experiment's backbone where the stage names none.
    var backbone: Backbone?
    /// GeM where the stage names none.
    var pooling: GlobalPooling.Kind?

    static var fields: [Field<Self>] {
        [
            .weights(
                \.paths,
                "Files with the networks to go on with, in place of an earlier stage's: anybody's checkpoints."),
            .backbone(\.backbone, "The architecture of the networks in `weights`."),
            .pooling(\.pooling, leftOut: "gem, for networks in `weights`"),
        ]
    }
}

extension Field {
    /// Files of networks: one, or a list of them. What they hold enters the key, not where they lie.
    static func weights(_ path: WritableKeyPath<Part, [String]>, _ meaning: String) -> Field {
        let meaning = KeyMeaning(meaning, leftOut: "the networks of an earlier stage")
        let paths = ValueReader<[String]>.oneOrSeveral(
            .path, expected: "a path, or a sequence of paths", count: 1...Limits.networks.upperBound)
        return Field("weights", .reference, path, meaning: meaning, paths) {
            YAMLNode(oneOrSeveral: $0.map { YAMLNode($0) })
        }
    }
}

// MARK: Rules

extension StageRules {
    /// The networks in files where the stage names some, with backbone and pooling filled in, and else an earlier stage's.
    ///
    /// - Parameters:
    ///   - isNamed: Whether `from` names a stage, which leaves no place for files.
    ///   - count: So many networks the method needs; nothing for any number.
    ///   - method: What reports call it.
    ///   - earlier: Finds the earlier stage's.
    func given(
        _ files: inout NetworkFiles, orOfStage isNamed: Bool, exactly count: Int? = nil, by method: String,
        earlier: () -> (stage: String, set: NetworkSet)?
    ) -> GivenNetworks? {
        guard !files.paths.isEmpty else {
            refuseShape(of: files)
            return earlier().map { GivenNetworks($0.stage, $0.set) }
        }
        files.backbone = files.backbone ?? experiment.backbone
        files.pooling = files.pooling ?? .generalisedMean
        guard let backbone = files.backbone, let pooling = files.pooling else { return nil }
        let shape = NetworkShape(backbone: backbone, pooling: pooling)
        return given(files.paths, shape, orOfStage: isNamed, exactly: count, by: method)
    }

    /// The networks of several stages, each named once, or those in files.
    func given(_ files: inout NetworkFiles, or references: [StageReference], by method: String) -> [GivenNetworks]? {
        guard files.paths.isEmpty, references.count > 1 else {
            let reference = references.first ?? .latest
            return given(&files, orOfStage: reference != .latest, by: method) { networks("from", reference) }.map { [$0] }
        }
        refuseShape(of: files)
        let found = references.compactMap { networks("from", $0) }
        let names = found.map(\.stage)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            report("from", "'\(twice)' is named twice; allowed: each stage once")
        }
        return found.count == references.count ? found.map { GivenNetworks($0.stage, $0.set) } : nil
    }

    /// What a stage says of networks in files, where it names none.
    private func refuseShape(of files: NetworkFiles) {
        for (key, isGiven) in [("backbone", files.backbone != nil), ("pooling", files.pooling != nil)] where isGiven {
            report(
                key, "'\(key)' goes with weights, as the networks of a stage keep their own; allowed: one or the other")
        }
    }

    /// The networks in files, each of one shape.
    private func given(
        _ paths: [String], _ shape: NetworkShape, orOfStage isNamed: Bool, exactly count: Int? = nil, by method: String
    ) -> GivenNetworks? {
        if isNamed {
            report("weights", "both 'from' and 'weights' say which networks are taken; allowed: one or the other")
            return nil
        }
        if let count, paths.count != count {
            report(
                "weights",
                "\(counted(paths.count, "file")), and \(method) needs \(counted(count, "network")); allowed: "
                    + "\(counted(count, "file"))")
            return nil
        }
        let places = paths.map(absolutePath)
        if let twice = paths.indices.first(where: { places[..<$0].contains(places[$0]) }) {
            report("weights", "'\(paths[twice])' is named twice; allowed: each file once, as each network is another")
            return nil
        }
        return GivenNetworks(files: paths, shape)
    }
}
