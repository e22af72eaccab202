// SPDX-License-Identifier: MIT

import Synchronization

/// Images that were decoded before, kept in memory.
///
/// Decoding is deterministic, and so is resizing where nothing random comes before it; then the resized image
/// is kept, which is what saves most. With auto-augment, which works on the original size, it is the decoded
/// one.
///
/// There is no eviction: an epoch reads every image about once in random order, and then throwing out the one
/// that was used longest ago throws out the one that is needed next. What fits first stays.
///
/// A cache believes that files do not change while it lives.
public final class DecodedImages: Sendable {
    /// Which file, and the size it was resized to; nil is its own size.
    struct Key: Hashable {
        let path: String
        let size: Size?
    }

    /// The sides of an image.
    struct Size: Hashable {
        let height, width: Int
    }

    private struct State {
        var images: [Key: Image] = [:]
        var byteCount = 0
    }

    /// The most bytes of pixels that are kept.
    public let byteLimit: Int
    private let state = Mutex(State())

    /// - Parameter byteLimit: The most bytes of pixels to keep, not negative.
    public init(byteLimit: Int) {
        precondition(byteLimit >= 0, "a cache cannot hold \(byteLimit) bytes")
        self.byteLimit = byteLimit
    }

    /// The bytes of pixels that are kept now.
    public var byteCount: Int { state.withLock { $0.byteCount } }

    /// The image kept for the key, or else the one that `make` makes, kept if there is room.
    ///
    /// Two threads may make the same image at the same time: waiting for each other would cost more.
    func image(_ key: Key, orMake make: () throws(DataError) -> Image) throws(DataError) -> Image {
        if let kept = state.withLock({ $0.images[key] }) { return kept }
        let made = try make()
        state.withLock { state in
            guard state.images[key] == nil, state.byteCount + made.pixels.count <= byteLimit else { return }
            state.images[key] = made
            state.byteCount += made.pixels.count
        }
        return made
    }
}
