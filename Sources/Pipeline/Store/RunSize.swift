// SPDX-License-Identifier: MIT

internal import Foundation

/// The bytes of a run's files.
public struct RunSize: Sendable, Equatable, Encodable {
    /// All of them.
    public let bytes: Int
    /// Those that are gone from the device when the run is removed: not those of files that another run has too, and with
    /// them the entry of the store that only this run holds.
    public let freed: Int

    init(of folder: RunFolder, beside store: StageStore) {
        let inStore = store.namesOfEntries(heldBy: folder)
        var (all, freed) = (0, 0)
        for status in DurableFile.statuses(below: folder.url) {
            all += Int(status.st_size)
            let names = Int(status.st_nlink) - inStore[UInt64(status.st_ino), default: 0]
            if names <= 1 { freed += Int(status.st_size) }
        }
        (bytes, self.freed) = (all, freed)
    }
}

extension StageStore {
    /// How many names files have in entries that go when a run is removed, by the number under which the device knows a
    /// file.
    fileprivate func namesOfEntries(heldBy folder: RunFolder) -> [UInt64: Int] {
        var names: [UInt64: Int] = [:]
        for key in folder.storedKeys where isHeldOnce(key) {
            for status in DurableFile.statuses(below: url(of: key)) {
                names[UInt64(status.st_ino), default: 0] += 1
            }
        }
        return names
    }

    /// Whether no file of an entry has a name beside the entry's own and one in a run's folder.
    private func isHeldOnce(_ key: StageKey) -> Bool {
        holds(key) && artefacts(of: key).allSatisfy { DurableFile.nameCount($0) ?? 1 <= 2 }
    }
}
