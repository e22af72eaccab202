// SPDX-License-Identifier: MIT

/// A file or folder that a stage leaves behind for later stages and people.
public struct Artefact: Sendable, Codable, Equatable {
    /// What an artefact holds.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case weights, images, features, labels, document
    }

    /// The name in the stage's folder; no path.
    public let name: String
    /// What it holds.
    public let kind: Kind

    /// An artefact by name and kind.
    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

/// One stage of a plan: what it does, with which settings, from what, to what.
public struct StagePlan: Sendable, Codable, Equatable {
    /// The name that stands in ``inputs`` for the experiment's datasets.
    public static let data = "data"

    /// The stage's name, unique in the plan: `train`.
    public let name: String
    /// The method that fills the stage: `sgd`.
    public let method: String
    /// Everything that changes the result, resolved; nothing that does not.
    public let settings: JSONValue
    /// Names of earlier stages, or ``data``.
    public let inputs: [String]
    /// What the stage writes.
    public let outputs: [Artefact]

    /// A stage as given; ``Plan`` checks it against its neighbours.
    public init(name: String, method: String, settings: JSONValue, inputs: [String], outputs: [Artefact]) {
        self.name = name
        self.method = method
        self.settings = settings
        self.inputs = inputs
        self.outputs = outputs
    }
}

extension StagePlan {
    /// From what, and to what, as people read it: two lines, indented.
    package var flow: [String] {
        let names = outputs.map(\.name)
        return [
            "   from \(inputs.joined(separator: ", "))",
            "   to \(names.isEmpty ? "the result's rows only" : names.joined(separator: ", "))",
        ]
    }
}
