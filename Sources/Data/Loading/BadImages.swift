// SPDX-License-Identifier: MIT

import Synchronization

/// What a loader does about an image that cannot be read.
public enum BadImagePolicy: Sendable {
    /// It ends the epoch with the error.
    case error
    /// Another image takes its place; it is reported once.
    ///
    /// The replacement is the next good image of the same class behind it in the list of samples, going on at the
    /// list's beginning; where the class has none, or the image has no class, the next good image of the list. It
    /// depends on nothing but which files are good: not on threads, processes, or epochs.
    case skip(BadImages)
}

/// The images that could not be read, each once, and why: for the report of a run. Loaders may share one.
public final class BadImages: Sendable {
    private let errors = Mutex<[String: DataError]>([:])
    private let whole: BadImages?
    private let onFirst: @Sendable (DataError) -> Void

    /// - Parameter onFirst: Is given the error of each image when the image is met first, on the thread that met it.
    public convenience init(onFirst: @escaping @Sendable (DataError) -> Void = { _ in }) {
        self.init(whole: nil, onFirst: onFirst)
    }

    private init(whole: BadImages?, onFirst: @escaping @Sendable (DataError) -> Void) {
        self.whole = whole
        self.onFirst = onFirst
    }

    /// The same for a part of what is loaded, such as one stage of a run, which counts on its own: all of this are told
    /// of what the part meets.
    ///
    /// - Parameter onFirst: As in ``init(onFirst:)``, of the part.
    public func part(onFirst: @escaping @Sendable (DataError) -> Void = { _ in }) -> BadImages {
        BadImages(whole: self, onFirst: onFirst)
    }

    /// How many images could not be read.
    public var count: Int { errors.withLock { $0.count } }

    /// The images' paths and errors, by path.
    public var found: [(path: String, error: DataError)] {
        errors.withLock { errors in errors.map { ($0.key, $0.value) } }.sorted { $0.path < $1.path }
    }

    /// Whether the image was met before, and is not to be tried again.
    func contains(_ path: String) -> Bool { errors.withLock { $0[path] != nil } }

    /// Counts an image that could not be read, once however often it is met.
    public func report(_ error: DataError, of path: String) {
        let isFirst = errors.withLock { errors in
            guard errors[path] == nil else { return false }
            errors[path] = error
            return true
        }
        guard isFirst else { return }
        onFirst(error)
        whole?.report(error, of: path)
    }
}
