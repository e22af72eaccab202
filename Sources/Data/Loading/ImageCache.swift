// SPDX-License-Identifier: MIT

/// Where a loader keeps decoded images between epochs.
///
/// Decoding is deterministic, and so is resizing where nothing random comes before it; then the resized image
/// is kept, which is what saves most. With auto-augment, which works on the original size, it is the decoded one.
/// Batches are the same bits with any cache as without.
///
/// There is no eviction: an epoch reads every image about once in random order, and then throwing out the one
/// that was used longest ago throws out the one that is needed next. What fits first stays.
public enum ImageCache: Sendable {
    /// In this process' memory, for as long as the value lives.
    case memory(DecodedImages)
    /// In a file that processes and runs share.
    case disk(DecodedImageFile)

    /// Which file, and the size it was resized to; nil is its own size.
    struct Key: Hashable {
        let path: String
        let size: Size?
    }

    /// The sides of an image.
    struct Size: Hashable {
        let height, width: Int
    }

    /// The image kept for the key, or else the one that `make` makes, kept if there is room.
    ///
    /// Two threads may make the same image at the same time: waiting for each other would cost more.
    func image(_ key: Key, orMake make: () throws(DataError) -> Image) throws(DataError) -> Image {
        switch self {
        case .memory(let images): try images.image(key, orMake: make)
        case .disk(let file): try file.image(key, orMake: make)
        }
    }
}
