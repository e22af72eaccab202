// SPDX-License-Identifier: MIT

internal import Layers
internal import Randomness
internal import Tensor

/// Fakes of earlier steps, so that a discriminator does not only see the generator's latest habits.
///
/// - SeeAlso: Shrivastava et al., CVPR 2017, arXiv:1612.07828, §2.3.
final class ImagePool {
    private let capacity: Int
    /// Images `[1, 3, H, W]`, without gradients.
    private var images: [Tensor] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// A batch in which, once the pool is full, about half of the images are remembered ones that the new ones then
    /// replace.
    ///
    /// - Parameter fakes: `[N, 3, H, W]`.
    /// - Returns: The same shape, without gradients.
    func query(_ fakes: Tensor, _ random: inout RandomStream) throws -> Tensor {
        let fixed = try fakes.detached()
        let chosen = try (0..<fixed.shape[0]).map { index in
            // A copy: a slice would keep its whole batch in memory, and become another where a step is repeated.
            let image = try fixed.slice(index..<index + 1).copied()
            guard images.count >= capacity else {
                images.append(image)
                return image
            }
            guard capacity > 0, random.uniform() > 0.5 else { return image }
            let place = random.below(capacity)
            defer { images[place] = image }
            return images[place]
        }
        return try Tensor.concatenated(chosen).channelsLast()
    }

    func state() throws -> StateDictionary {
        images.isEmpty ? [:] : ["images": try Tensor.concatenated(images)]
    }

    func load(_ state: StateDictionary) throws {
        guard let stored = state["images"] else { return }
        let maps = try stored.channelsLast()
        images = try (0..<maps.shape[0]).map { try maps.slice($0..<$0 + 1) }
    }
}
