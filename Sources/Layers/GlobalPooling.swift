// SPDX-License-Identifier: MIT

public import Tensor

/// The step from maps `[N, C, H, W]` to one value a channel, `[N, C]`.
public struct GlobalPooling {
    /// What a channel's value is made of.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// The mean of the map; no parameters.
        case average
        /// ``GeneralisedMeanPooling``, with its power under the key `p`.
        case generalisedMean = "gem"
    }

    private let generalisedMean: GeneralisedMeanPooling?

    /// - Parameter path: Under which its parameters have their keys.
    public init(_ kind: Kind, at path: Path) throws {
        switch kind {
        case .average: generalisedMean = nil
        case .generalisedMean: generalisedMean = try GeneralisedMeanPooling(at: path)
        }
    }

    private init(_ generalisedMean: GeneralisedMeanPooling?) {
        self.generalisedMean = generalisedMean
    }

    /// - Parameter maps: `[N, C, H, W]`.
    /// - Returns: `[N, C]`.
    public func callAsFunction(_ maps: Tensor) throws -> Tensor {
        if let generalisedMean { return try generalisedMean(maps) }
        return try maps.globallyAveraged().reshaped([maps.shape[0], maps.shape[1]])
    }

    /// A copy for inference.
    public func copied() throws -> GlobalPooling {
        GlobalPooling(try generalisedMean?.copied())
    }
}
