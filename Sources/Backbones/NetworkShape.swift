// SPDX-License-Identifier: MIT

public import Layers

/// What an ``EmbeddingNetwork`` is made of: all that has to be known to make it again and load its weights.
public struct NetworkShape: Sendable, Hashable {
    public var backbone: Backbone
    /// From maps to x: GeM as in MMT+ and OpenUnReID, or the average as in SpCL and MMT.
    public var pooling: GlobalPooling.Kind
    /// E of a linear layer between x and the neck, positive; without one z has the length of x.
    public var embedding: Int?
    /// Whether source and target have batch normalisations of their own.
    public var domains: NormalisationDomains
    /// Consecutive images, 2 or more, that training normalises together; nil for the whole batch, or a domain's half.
    /// Without effect on inference.
    public var imagesPerNormGroup: Int?

    public init(
        backbone: Backbone, pooling: GlobalPooling.Kind = .generalisedMean, embedding: Int? = nil,
        domains: NormalisationDomains = .shared, imagesPerNormGroup: Int? = nil
    ) {
        self.backbone = backbone
        self.pooling = pooling
        self.embedding = embedding
        self.domains = domains
        self.imagesPerNormGroup = imagesPerNormGroup
    }

    /// The length of an embedding, E.
    public var dimension: Int { embedding ?? backbone.dimension }

    var statistics: BatchStatistics { BatchStatistics(domains, imagesPerGroup: imagesPerNormGroup) }
}
