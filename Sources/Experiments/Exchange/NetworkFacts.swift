// SPDX-License-Identifier: MIT

public import Backbones
public import Layers
public import Training
internal import Data

/// What a file of weights says of its network beside the tensors: its shape, how images have to reach it, and where it comes
/// from.
///
/// Read and written here and nowhere else, as text under the names of ``ShapeName``, ``Key`` and ``TrainingFacts``: in a
/// safetensors file's metadata, or beside `state_dict` in PyTorch's. A file of another program says none of it, one of
/// before less.
public struct NetworkFacts: Sendable, Equatable {
    /// Mean and standard deviation of red, green and blue, on a scale of `0 ... 1`, that are subtracted and divided by.
    public struct ColourScale: Sendable, Equatable {
        public let mean: [Float]
        public let deviation: [Float]

        /// The only one that images are brought to here.
        public static let imageNet = ColourScale(mean: Normalisation.mean, deviation: Normalisation.deviation)
    }

    private enum Key: String, CaseIterable {
        case height = "image_height"
        case width = "image_width"
        case mean = "image_mean"
        case deviation = "image_deviation"
    }

    /// The network's shape, as far as it is said.
    private var shape: [ShapeName: String]
    /// The size that images were resized to.
    public var image: ImageSize?
    public var colours: ColourScale?
    /// The training that the network comes from.
    public var training: TrainingFacts?

    public var backbone: Backbone? { shape[.backbone].flatMap(Backbone.init) }
    public var pooling: GlobalPooling.Kind? { shape[.pooling].flatMap(GlobalPooling.Kind.init) }
    var domains: NormalisationDomains? { shape[.domains].flatMap(NormalisationDomains.init) }
    /// The images that training normalised together; nil where that was the whole batch, and where nothing is said.
    public var imagesPerNormGroup: Int? { shape[.imagesPerNormGroup].flatMap { Int($0) } }

    /// What is known of a network that was made here.
    ///
    /// - Parameter image: The size that it was trained at, where that is known.
    public init(of network: EmbeddingNetwork, image: ImageSize?) {
        shape = Dictionary(uniqueKeysWithValues: ShapeName.allCases.map { ($0, $0.text(of: network.shape)) })
        self.image = image
        colours = image == nil ? nil : .imageNet
    }

    /// What is known of a network whose weights come from a file: what cannot be seen in tensors is what that file says.
    public init(of network: EmbeddingNetwork, from file: NetworkFacts) {
        self.init(of: network, image: file.image)
        shape[.imagesPerNormGroup] = file.shape[.imagesPerNormGroup]
        training = file.training
    }

    /// What a file says.
    ///
    /// A shape is read only of a file that names a backbone known here: others may mean other things by its names.
    ///
    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` for a shape that no network has, a size that
    ///   no image has, half a size, or another scale of colours than the one that images are brought to here.
    public init(_ file: WeightFile) throws(WeightFileError) {
        let reader = Reader(file: file)
        shape = try reader.shape()
        training = try TrainingFacts(file)
        if let height = try reader.side(.height, beside: .width), let width = try reader.side(.width, beside: .height) {
            image = ImageSize(height: height, width: width)
        }
        if let mean = try reader.scale(.mean, ColourScale.imageNet.mean, beside: .deviation),
            let deviation = try reader.scale(.deviation, ColourScale.imageNet.deviation, beside: .mean)
        {
            colours = ColourScale(mean: mean, deviation: deviation)
        }
    }

    /// - Parameters:
    ///   - path: The file that says all this.
    ///   - reason: Why it must be this shape, such as `as is asked for`.
    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` where another shape is said.
    func require(_ wanted: NetworkShape, in path: String, _ reason: String) throws(WeightFileError) {
        for name in ShapeName.allCases {
            guard let found = shape[name], found != name.text(of: wanted) else { continue }
            throw .unusableFact(
                path: path, name: name.rawValue, found: found, allowed: "\(name.text(of: wanted)), \(reason)")
        }
    }

    /// As a file says it.
    public var text: [String: String] {
        let values: [Key: String?] = [
            .height: image.map { "\($0.height)" }, .width: image.map { "\($0.width)" },
            .mean: colours.map { Self.text($0.mean) }, .deviation: colours.map { Self.text($0.deviation) },
        ]
        let others = values.compactMap { key, value in value.map { (key.rawValue, $0) } }
        let known = Dictionary(uniqueKeysWithValues: shape.map { ($0.rawValue, $1) } + others)
        return known.merging(training?.text ?? [:]) { first, _ in first }
    }

    private static func text(_ channels: [Float]) -> String { channels.map { "\($0)" }.joined(separator: " ") }

    /// One file's values.
    private struct Reader {
        let file: WeightFile

        func text(_ key: Key) -> String? { file.facts[key.rawValue] }

        func shape() throws(WeightFileError) -> [ShapeName: String] {
            guard file.facts[ShapeName.backbone.rawValue].map(ShapeName.backbone.admits) == true else { return [:] }
            var said: [ShapeName: String] = [:]
            for name in ShapeName.allCases {
                guard let found = file.facts[name.rawValue] else { continue }
                guard name.admits(found) else { throw unusable(name.rawValue, found, name.allowed) }
                said[name] = found
            }
            return said
        }

        func side(_ key: Key, beside other: Key) throws(WeightFileError) -> Int? {
            guard let found = try present(key, beside: other) else { return nil }
            guard let side = Int(found), Limits.imageSide.contains(side) else {
                throw unusable(key.rawValue, found, "\(Limits.imageSide.lowerBound) to \(Limits.imageSide.upperBound)")
            }
            return side
        }

        /// Three numbers, which must be those that are known.
        func scale(_ key: Key, _ known: [Float], beside other: Key) throws(WeightFileError) -> [Float]? {
            guard let found = try present(key, beside: other) else { return nil }
            guard found.split(separator: " ").map({ Float($0) }) == known else {
                throw unusable(
                    key.rawValue, found, "\(NetworkFacts.text(known)), ImageNet's, which images are normalised by here")
            }
            return known
        }

        private func present(_ key: Key, beside other: Key) throws(WeightFileError) -> String? {
            if let found = text(key) { return found }
            guard text(other) == nil else { throw unusable(key.rawValue, "", "a value, as '\(other.rawValue)' has one") }
            return nil
        }

        private func unusable(_ name: String, _ found: String, _ allowed: String) -> WeightFileError {
            .unusableFact(path: file.path, name: name, found: found, allowed: allowed)
        }
    }
}
