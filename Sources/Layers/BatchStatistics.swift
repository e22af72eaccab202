// SPDX-License-Identifier: MIT

/// Which images of a training batch are normalised by the same statistics.
public struct BatchStatistics: Sendable, Equatable {
    /// Where domains are separate, source and target share none.
    public let domains: NormalisationDomains
    /// G: consecutive images that are normalised together; nil for the whole batch, or the whole half of a domain.
    ///
    /// The published methods were trained on several devices, each of which normalised the 16 images it was given, or 64,
    /// and the first of which kept the running statistics. Groups make one device compute the same.
    public let imagesPerGroup: Int?

    /// - Parameter imagesPerGroup: 2 or more: the embedding of a single image has no variance.
    public init(_ domains: NormalisationDomains, imagesPerGroup: Int? = nil) {
        precondition(imagesPerGroup ?? 2 >= 2, "\(imagesPerGroup ?? 0) images have no statistics; allowed: 2 or more")
        self.domains = domains
        self.imagesPerGroup = imagesPerGroup
    }

    /// Of the whole batch.
    public static let shared = BatchStatistics(.shared)
    /// Of the half of each domain.
    public static let separate = BatchStatistics(.separate)
}
