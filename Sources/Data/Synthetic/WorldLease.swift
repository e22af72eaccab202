// SPDX-License-Identifier: MIT

private import Foundation
internal import Randomness

/// Keeps a drawn world from being removed for as long as it is there: a shared lock on the world's description, which the
/// system gives up with the process.
public final class WorldLease: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// - Parameter isShared: Whether others may hold the world too; whoever removes it may not.
    /// - Returns: Nothing where there is no world, or somebody holds it.
    init?(on root: String, isShared: Bool) {
        let path = root + "/" + SyntheticWorld.descriptionName
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var (opened, present) = (stat(), stat())
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0, fstat(descriptor, &opened) == 0,
            // Before the lock was there, the world may have been moved away.
            stat(path, &present) == 0, opened.st_ino == present.st_ino
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }
}

extension SyntheticWorld {
    /// What stands behind the name of a world that is being drawn.
    static let partial = ".partial-"
    /// And of one that is being removed.
    private static let removed = ".removed-"
    /// Seconds for which a folder in which nothing is drawn any more may still be somebody's.
    private static let patience = 3600.0

    /// Draws the world into a folder that is the program's own, and holds it. What is there and not whole, as a removal that was
    /// killed leaves it, is drawn anew.
    ///
    /// - Throws: As ``write(to:progress:)``.
    /// - Complexity: As there; where the world is there, the names of its images are read.
    public func hold(at root: String, progress: ((Int, Int) -> Void)? = nil) throws -> WorldLease {
        let world = try validated()
        while true {
            if let lease = WorldLease(on: root, isShared: true), world.isWhole(at: root) {
                progress?(imageCount, imageCount)
                return lease
            }
            if FileManager.default.fileExists(atPath: root), try !Self.remove(at: root), !world.isWhole(at: root) {
                throw SyntheticWorldError.unreadable(
                    path: root,
                    reason: "images are missing, and another process holds the world; try again after it has ended")
            }
            try world.write(to: root, progress: progress)
        }
    }

    /// Whether every image is there, by its name.
    private func isWhole(at root: String) -> Bool {
        guard (try? isWritten(at: root)) == true else { return false }
        return parts.allSatisfy { part in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(part.folder)")) ?? []
            return Set(names).isSuperset(of: shots(of: part).map(\.name))
        }
    }

    /// Removes a world that nobody holds, or what is left of one.
    ///
    /// - Returns: Whether it went.
    /// - Throws: ``SyntheticWorldError/unwritable(path:reason:)``.
    public static func remove(at root: String) throws -> Bool {
        let lease = WorldLease(on: root, isShared: false)
        guard lease != nil || !FileManager.default.fileExists(atPath: root + "/" + descriptionName) else { return false }
        defer { withExtendedLifetime(lease) {} }
        return try moveAway(root)
    }

    /// Whether a folder beside drawn worlds is one that a process is drawing, as far as can be told.
    public static func isBeingDrawn(_ folder: String) -> Bool {
        guard folder.contains(partial) else { return false }
        let parts = [""] + Shot.Part.allCases.map { "/" + $0.folder }
        let dates = parts.compactMap {
            try? FileManager.default.attributesOfItem(atPath: folder + $0)[.modificationDate] as? Date
        }
        return dates.contains { -$0.timeIntervalSinceNow < patience }
    }

    /// In one step, so that nobody finds half of it; then file by file.
    @discardableResult
    private static func moveAway(_ root: String) throws -> Bool {
        let away = root.contains(removed) ? root : root + removed + UUID().uuidString.prefix(8)
        guard away == root || rename(root, away) == 0 else {
            guard errno == ENOENT else {
                throw SyntheticWorldError.unwritable(path: root, reason: String(cString: strerror(errno)))
            }
            return false
        }
        // Somebody else may remove it at the same time.
        try? FileManager.default.removeItem(atPath: away)
        return true
    }
}
