// SPDX-License-Identifier: MIT

public import Randomness
public import Vocabulary

/// Draws `P` classes times `K` instances, the instances of a class from different cameras where it has them.
///
/// A triplet loss needs positives in the batch, and positives of another camera are the ones worth learning
/// from.
///
/// - SeeAlso: Hermans et al., "In defense of the triplet loss", arXiv:1703.07737, §2; the camera rule is that
///   of the MMT and SpCL code.
public struct PKSampler: Sendable {
    /// `K`, the images of a class that stand together.
    public let instances: Int
    private let cameras: [Camera]
    private let imagesOfClass: [[Int]]

    /// - Parameters:
    ///   - labels: `[N]`, the class index of each image, from 0, usually without holes.
    ///   - cameras: `[N]`.
    ///   - instances: `K`, at least 2.
    public init(labels: [Int], cameras: [Camera], instances: Int) {
        precondition(labels.count == cameras.count, "\(labels.count) labels but \(cameras.count) cameras")
        precondition(instances >= 2, "\(instances) instances of a class make no pair")
        precondition(labels.allSatisfy { $0 >= 0 }, "unlabelled images cannot be sampled by class")
        self.instances = instances
        self.cameras = cameras
        let classes = Dictionary(grouping: labels.indices) { labels[$0] }
        imagesOfClass = classes.keys.sorted().compactMap { classes[$0] }
    }

    /// One visit to every class in random order.
    ///
    /// Each class gives an anchor, drawn uniformly, and `K − 1` further images: from other cameras than the
    /// anchor's if the class has any, else from the anchor's own camera. They are different from each other
    /// when there are at least `K` to choose from; with fewer, even with exactly `K − 1`, the reference draws
    /// with replacement, and so does this. A class of a single image gives that image alone, which shifts all
    /// later groups: kept, because the published numbers were made so.
    ///
    /// - Parameter random: The pass' own stream.
    /// - Returns: Positions in `labels`; `K` for each class with two images or more, 1 for the others.
    /// - Complexity: O(N).
    public func pass(_ random: inout RandomStream) -> [Int] {
        var order: [Int] = []
        for row in random.permutation(imagesOfClass.count) {
            let images = imagesOfClass[row]
            let anchor = images[random.below(images.count)]
            order.append(anchor)
            let elsewhere = images.filter { cameras[$0] != cameras[anchor] }
            let candidates = elsewhere.isEmpty ? images.filter { $0 != anchor } : elsewhere
            if !candidates.isEmpty { order += partners(from: candidates, &random) }
        }
        return order
    }

    private func partners(from candidates: [Int], _ random: inout RandomStream) -> [Int] {
        if candidates.count >= instances {
            return random.permutation(candidates.count).prefix(instances - 1).map { candidates[$0] }
        }
        return (1..<instances).map { _ in candidates[random.below(candidates.count)] }
    }
}
