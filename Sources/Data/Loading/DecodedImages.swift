// SPDX-License-Identifier: MIT

import Synchronization

/// Decoded images in memory; see ``ImageCache``.
///
/// It believes that files do not change while it lives.
public final class DecodedImages: Sendable {
    private struct State {
        var images: [ImageCache.Key: Image] = [:]
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

    /// See ``ImageCache/image(_:orMake:)``.
    func image(_ key: ImageCache.Key, orMake make: () throws(DataError) -> Image) throws(DataError) -> Image {
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
