// SPDX-License-Identifier: MIT

public import Foundation

extension RunCatalogue {
    /// Folders that killed processes have left of runs on their way out, and of the store's entries on their way in or out;
    /// those that a process is at now are left out.
    ///
    /// - Complexity: Lists the logs folder and those of experiments.
    public func litter() -> [URL] {
        runs(below: logs).filter { ProcessLock.liveHolder(in: RunFolder(url: $0).lockFile) == nil }
            + StageStore(logs: logs).litter()
    }

    /// Runs that were put aside to be removed, below a folder of experiments.
    private func runs(below folder: URL) -> [URL] {
        // What cannot be listed cannot be removed either.
        let names = (try? DurableFile.names(in: folder)) ?? []
        return names.sorted().flatMap { name -> [URL] in
            let item = folder.appendingPathComponent(name)
            guard DurableFile.isFolder(item) else { return [] }
            if name.hasPrefix(".") { return Self.isAside(name) ? [item] : [] }
            return DurableFile.lstatSucceeds(RunFolder(url: item).planFile) ? [] : runs(below: item)
        }
    }

    /// What a run is called while it is removed.
    static func aside(_ run: String) -> String { ".\(run)\(asideEnd)" }

    private static let asideEnd = ".removed"

    private static func isAside(_ name: String) -> Bool {
        name.hasSuffix(asideEnd) && RunFolder.began(String(name.dropFirst().dropLast(asideEnd.count))) != nil
    }
}
