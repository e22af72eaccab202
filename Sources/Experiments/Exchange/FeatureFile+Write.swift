// SPDX-License-Identifier: MIT

internal import Foundation
public import Retrieval
internal import Tensor
public import Vocabulary

extension FeatureFile {
    /// Embeddings to be written, under one beginning of names.
    public struct Part {
        /// Empty, `query.` or `gallery.`.
        public let name: String
        /// `[N, D]`.
        public let features: Features<UnitNorm>
        /// `[N]`.
        public let identities: [Identity]?
        /// `[N]`.
        public let cameras: [Camera]?
        /// The images' paths below the folder that they were looked for in, `[N]`.
        public let names: [String]

        public init(
            name: String, features: Features<UnitNorm>, identities: [Identity]?, cameras: [Camera]?, names: [String]
        ) {
            self.name = name
            self.features = features
            self.identities = identities
            self.cameras = cameras
            self.names = names
        }
    }

    /// Writes embeddings, and in the metadata the names of their images as a JSON array.
    public static func write(_ parts: [Part], to path: String) throws {
        var tensors: [String: Tensor] = [:]
        var metadata: [String: String] = [:]
        for part in parts {
            let shape = [part.features.count, part.features.dimension]
            tensors["\(part.name)features"] = try Tensor(part.features.values, shape: shape)
            if let identities = part.identities { tensors["\(part.name)ids"] = try Tensor(identities.map(\.rawValue)) }
            if let cameras = part.cameras { tensors["\(part.name)cameras"] = try Tensor(cameras.map(\.rawValue)) }
            metadata["\(part.name)names"] = String(decoding: try JSONEncoder().encode(part.names), as: UTF8.self)
        }
        try Safetensors(tensors: tensors, metadata: metadata).write(to: path)
    }

    /// How the names of files of labels end; the first is that of a name without an ending.
    public static let labelEndings = [FileEnding.safetensors, .npz, .csv]

    /// Writes labels `[N]`, −1 for outliers: as `labels` in safetensors, as NumPy's array of that name where the path ends
    /// in `.npz`, or in lines of CSV where it ends in `.csv`.
    ///
    /// - Throws: `TensorError.unwritable`, device errors; nothing is left half-written.
    public static func write(_ labels: ClusterLabels, to path: String) throws {
        if FileEnding.csv.isOf(path) {
            let lines = ["row,label"] + labels.values.enumerated().map { "\($0.offset),\($0.element)" }
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } else if FileEnding.npz.isOf(path) {
            try NumPyArchive.write([("labels", Tensor(labels.values))], to: path)
        } else {
            try Safetensors(tensors: ["labels": Tensor(labels.values)]).write(to: path)
        }
    }
}
