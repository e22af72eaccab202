// SPDX-License-Identifier: MIT

private import Synchronization

/// What a reader of a result should know of a stage besides its figures, each thing once. For any thread.
///
/// Notes are kept with the stage's seconds, so that one made before an interruption is still there after it.
public final class StageNotes: Sendable {
    private let texts: Mutex<Set<String>>

    /// - Parameter earlier: Those of earlier attempts.
    init(_ earlier: [String] = []) {
        texts = Mutex(Set(earlier))
    }

    /// Adds a note, unless it is there.
    public func add(_ text: String) {
        texts.withLock { _ = $0.insert(text) }
    }

    /// All notes of all attempts, sorted: threads may make them in any order.
    public var all: [String] { texts.withLock { $0.sorted() } }
}
