// SPDX-License-Identifier: MIT

public import Backbones
public import Layers
public import Training
internal import Data

/// What a file of weights says of its network beside the tensors: how images have to reach it.
///
/// Read and written here and nowhere else, as text under the names of ``Key``: in a safetensors file's metadata, or beside
/// `state_dict` in PyTorch's. A file of another program says none of it.
public struct NetworkFacts: Sendable, Equatable {
    /// Mean and standard deviation of red, green and blue, on a scale of `0 ... 1`, that are subtracted and divided by.
    public struct ColourScale: Sendable, Equatable {
        public let mean: [Float]
        public let deviation: [Float]

        /// The only one that images are brought to here.
        public static let imageNet = ColourScale(mean: Normalisation.mean, deviation: Normalisation.deviation)
    }

    private enum Key: String, CaseIterable {
        case backbone, pooling
        case height = "image_height"
        case width = "image_width"
        case mean = "image_mean"
        case deviation = "image_deviation"
    }

    public var backbone: Backbone?
    public var pooling: GlobalPooling.Kind?
    /// The size that images were resized to.
    public var image: ImageSize?
    public var colours: ColourScale?

    /// What is known of a network that was made here.
    ///
    /// - Parameter image: The size that it was trained at, where that is known.
    public init(of network: EmbeddingNetwork, image: ImageSize?) {
        backbone = network.backbone
        pooling = network.pooling
        self.image = image
        colours = image == nil ? nil : .imageNet
    }

    /// What a file says.
    ///
    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` for a size that no image has, half a size, or
    ///   another scale of colours than the one that images are brought to here.
    public init(_ file: WeightFile) throws(WeightFileError) {
        let reader = Reader(file: file)
        backbone = reader.text(.backbone).flatMap(Backbone.init)
        pooling = reader.text(.pooling).flatMap(GlobalPooling.Kind.init)
        if let height = try reader.side(.height, beside: .width), let width = try reader.side(.width, beside: .height) {
            image = ImageSize(height: height, width: width)
        }
        if let mean = try reader.scale(.mean, ColourScale.imageNet.mean, beside: .deviation),
            let deviation = try reader.scale(.deviation, ColourScale.imageNet.deviation, beside: .mean)
        {
            colours = ColourScale(mean: mean, deviation: deviation)
        }
    }

    /// As a file says it.
    public var text: [String: String] {
        let values: [Key: String?] = [
            .backbone: backbone?.rawValue, .pooling: pooling?.rawValue,
            .height: image.map { "\($0.height)" }, .width: image.map { "\($0.width)" },
            .mean: colours.map { Self.text($0.mean) }, .deviation: colours.map { Self.text($0.deviation) },
        ]
        return Dictionary(uniqueKeysWithValues: values.compactMap { key, value in value.map { (key.rawValue, $0) } })
    }

    private static func text(_ channels: [Float]) -> String { channels.map { "\($0)" }.joined(separator: " ") }

    /// One file's values.
    private struct Reader {
        let file: WeightFile

        func text(_ key: Key) -> String? { file.facts[key.rawValue] }

        func side(_ key: Key, beside other: Key) throws(WeightFileError) -> Int? {
            guard let found = try present(key, beside: other) else { return nil }
            guard let side = Int(found), Limits.imageSide.contains(side) else {
                throw unusable(key, found, "\(Limits.imageSide.lowerBound) to \(Limits.imageSide.upperBound)")
            }
            return side
        }

        /// Three numbers, which must be those that are known.
        func scale(_ key: Key, _ known: [Float], beside other: Key) throws(WeightFileError) -> [Float]? {
            guard let found = try present(key, beside: other) else { return nil }
            guard found.split(separator: " ").map({ Float($0) }) == known else {
                throw unusable(key, found, "\(NetworkFacts.text(known)), ImageNet's, which images are normalised by here")
            }
            return known
        }

        private func present(_ key: Key, beside other: Key) throws(WeightFileError) -> String? {
            if let found = text(key) { return found }
            guard text(other) == nil else { throw unusable(key, "", "a value, as '\(other.rawValue)' has one") }
            return nil
        }

        private func unusable(_ key: Key, _ found: String, _ allowed: String) -> WeightFileError {
            .unusableFact(path: file.path, name: key.rawValue, found: found, allowed: allowed)
        }
    }
}
