// SPDX-License-Identifier: MIT

public import Foundation

/// The folder `LOGS/.stages/`: each finished stage once, by its key, for any run to use.
///
/// An entry `KEY/` holds the artefacts and the manifest of the run that computed them, as hard links to that
/// run's files, and what that run recorded of the stage. It takes next to no space while the run is there, and no
/// run needs it to be complete. An entry appears and disappears by one rename. Everything here may be deleted at
/// any time: it costs work, never results.
public struct StageStore: Sendable {
    /// The store's folder; made with the first entry.
    public let folder: URL

    /// The store beside the runs of a logs folder.
    public init(logs: URL) {
        folder = logs.appendingPathComponent(".stages")
    }

    /// The lock of whoever computes a stage of this key.
    public func lockFile(of key: StageKey) -> URL {
        folder.appendingPathComponent("\(key).lock")
    }

    /// The manifest of the entry for a stage, when all its artefacts are there by name; nil where there is none.
    ///
    /// - Complexity: Reads the manifest only; whether the bytes are right is seen when the entry is used.
    public func manifest(of stage: StagePlan, key: StageKey) -> StageManifest? {
        // One that cannot be used is no entry here; whoever uses it reports it.
        try? entry(stage, key).listedManifest()
    }

    func entry(_ stage: StagePlan, _ key: StageKey) -> StageFolder {
        StageFolder(url: url(of: key), plan: stage, key: key)
    }

    /// Puts a finished stage of a run into the store.
    ///
    /// - Parameters:
    ///   - log: The run's log of events; those of the stage go with it.
    ///   - isReplacing: Whether it takes the place of an entry that is there; else that one stays.
    /// - Throws: Device errors; the store is as before then.
    func publish(_ stage: StageFolder, log: URL, replacing isReplacing: Bool) throws {
        let target = url(of: stage.key)
        guard isReplacing || !DurableFile.lstatSucceeds(target) else { return }
        // Of its own for every attempt: a machine that cannot see this one's lock may publish the same.
        let partial = folder.appendingPathComponent(".\(stage.key).\(UUID().uuidString).partial")
        clearLitter(of: stage.key)
        do {
            try DurableFile.makeFolders(partial)
            for output in stage.plan.outputs {
                try DurableFile.share(
                    stage.artefact(output.name), as: partial.appendingPathComponent(output.name))
            }
            stage.shareWhatIsShown(from: stage, to: partial)
            let events = try Event.lines(of: stage.plan.name, in: log)
            if !events.isEmpty {
                try DurableFile.replace(partial.appendingPathComponent(StageFolder.eventsName), with: events)
            }
            try DurableFile.share(stage.manifest, as: partial.appendingPathComponent(StageFolder.manifestName))
            try DurableFile.synchronise(partial)
            if isReplacing { try withdraw(stage.key) }
            try DurableFile.rename(partial, to: target)
        } catch {
            // The reason for the failure matters; that of a failed clean-up does not.
            try? DurableFile.remove(partial)
            // Another run was faster: its result is as good.
            if !isReplacing, DurableFile.lstatSucceeds(target) { return }
            throw error
        }
    }

    /// Removes an entry; one that is not there is fine.
    func remove(_ key: StageKey) throws {
        try withdraw(key)
        clearLitter(of: key)
    }

    private func withdraw(_ key: StageKey) throws {
        let url = url(of: key)
        let aside = folder.appendingPathComponent(".\(key).\(UUID().uuidString).removed")
        guard DurableFile.lstatSucceeds(url) else { return }
        try DurableFile.rename(url, to: aside)
        try DurableFile.remove(aside)
    }

    /// Removes what killed processes left of entries that were on their way in or out.
    ///
    /// Where another process is just putting the same entry there, it warns and its run goes on.
    private func clearLitter(of key: StageKey) {
        // What stays takes space, nothing else.
        for found in foundLitter where found.key == key { try? DurableFile.remove(found.url) }
    }

    /// What was left of entries of which no process is at work on one now.
    func litter() -> [URL] {
        foundLitter.filter { ProcessLock.liveHolder(in: lockFile(of: $0.key)) == nil }.map(\.url)
    }

    /// Folders `.KEY.….partial` and `.KEY.….removed`, by name.
    private var foundLitter: [(key: StageKey, url: URL)] {
        let names = (try? DurableFile.names(in: folder)) ?? []
        return names.sorted().filter { $0.hasSuffix(".partial") || $0.hasSuffix(".removed") }.compactMap { name in
            guard name.hasPrefix("."), let key = self.key(named: name.dropFirst().prefix { $0 != "." }) else { return nil }
            return (key, folder.appendingPathComponent(name))
        }
    }

    private func key(named name: some StringProtocol) -> StageKey? {
        guard name.count == 64, name.allSatisfy(\.isHexDigit) else { return nil }
        return StageKey(digest: ContentDigest(hexadecimal: String(name)))
    }

    /// Whether there is an entry of this key.
    func holds(_ key: StageKey) -> Bool { DurableFile.lstatSucceeds(url(of: key)) }

    /// Whether no artefact of an entry has a name outside the store, so that the entry alone keeps it on the device.
    ///
    /// An entry without artefacts is held by its manifest. Where links are refused, every entry is alone.
    func isAlone(_ key: StageKey) -> Bool {
        artefacts(of: key).allSatisfy { DurableFile.nameCount($0) ?? 1 <= 1 }
    }

    /// The files that keep an entry: its artefacts, or its manifest where it has none.
    func artefacts(of key: StageKey) -> [URL] {
        let files = files(of: key)
        let artefacts = files.filter { ![StageFolder.manifestName, StageFolder.eventsName].contains($0.lastPathComponent) }
        return artefacts.isEmpty ? files.filter { $0.lastPathComponent == StageFolder.manifestName } : artefacts
    }

    /// All files of an entry.
    func files(of key: StageKey) -> [URL] {
        let url = url(of: key)
        return (FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? [])
            .map { url.appendingPathComponent($0) }.filter { !DurableFile.isFolder($0) }
    }

    /// The keys of all entries.
    var keys: [StageKey] {
        ((try? DurableFile.names(in: folder)) ?? []).sorted().compactMap { key(named: $0) }
    }

    func url(of key: StageKey) -> URL { folder.appendingPathComponent(key.description) }
}
