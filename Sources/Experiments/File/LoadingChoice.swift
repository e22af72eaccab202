// SPDX-License-Identifier: MIT

internal import Data

/// Where decoded images are kept between epochs.
public enum CacheChoice: String, Sendable, CaseIterable {
    case off
    /// In this process's memory, a quarter of what is free at most.
    case memory
    /// In a file that runs and processes share, ``diskLimit`` bytes at most; it may be deleted at any time.
    case disk

    private static let diskLimit = 32 << 30

    /// - Parameters:
    ///   - folder: Where the shared file lies.
    ///   - free: Bytes that this process can take.
    ///   - warn: Told why a file does not take more images.
    /// - Throws: `DataError.unusableCache`.
    func cache(
        in folder: String, free: Int = freeMemory(), warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ImageCache? {
        switch self {
        case .off: nil
        case .memory: .memory(DecodedImages(byteLimit: free / 4))
        case .disk: .disk(try DecodedImageFile(folder: folder, byteLimit: Self.diskLimit, warn: warn))
        }
    }
}

/// What training does about images that cannot be read.
public enum BadImageChoice: String, Sendable, CaseIterable {
    /// The first of them ends the run.
    case error
    /// Each is named once, another image takes its place, and the report counts them. Images that results are measured
    /// on end the run all the same.
    case skip
}
