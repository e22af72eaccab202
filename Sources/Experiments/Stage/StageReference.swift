// SPDX-License-Identifier: MIT

internal import Backbones
internal import Pipeline

/// An earlier stage, as a key of a later one names it.
enum StageReference: Sendable, Equatable {
    /// The latest that has what is needed: what a key that is left out means.
    case latest
    case named(String)
}

/// An earlier stage whose result goes into a stage.
struct StageInput: Sendable {
    /// Its name in the experiment.
    let stage: String
    /// The networks that are taken of it; nothing where it is something else.
    var networks: NetworkSet?
}

/// What a stage leaves for later ones.
struct StageOffer: Sendable {
    /// Networks that embed images.
    var networks: NetworkSet?
    /// The artefact with the source's images, translated to the target.
    var images: String?
}

/// Networks that go from one stage to another: any number, each with its shape and its file.
struct NetworkSet: Sendable {
    struct Member: Sendable, Hashable {
        /// The artefact's name; the path of a file of somebody's.
        let file: String
        let shape: NetworkShape
    }

    let members: [Member]

    /// So many networks of one shape, in files `NAME-1.safetensors` and so on.
    init(_ name: String, count: Int, _ shape: NetworkShape) {
        members = (1...count).map { Member(file: "\(name)-\($0).safetensors", shape: shape) }
    }

    init(_ members: [Member]) {
        self.members = members
    }

    var count: Int { members.count }
    var artefacts: [Artefact] { members.map { Artefact(name: $0.file, kind: .weights) } }
    /// The length of all embeddings beside each other.
    var dimension: Int { members.reduce(0) { $0 + $1.shape.dimension } }
}
