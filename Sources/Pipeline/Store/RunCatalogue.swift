// SPDX-License-Identifier: MIT

public import Foundation

/// All runs in a logs folder; the folders themselves are the only record of them.
public struct RunCatalogue: Sendable {
    /// The folder of all runs.
    public let logs: URL

    /// The runs in a folder; nothing is read.
    public init(logs: URL) {
        self.logs = logs
    }

    /// All runs, newest first.
    ///
    /// - Parameters:
    ///   - experiment: Only runs of this experiment; nil for all.
    ///   - measuring: Whether their files are counted, which takes a look at every one of them.
    /// - Complexity: Reads one small file a run.
    public func list(of experiment: String? = nil, measuring: Bool = false) throws -> [RunSummary] {
        try places().filter { experiment == nil || $0.experiment == experiment }.map { place in
            RunSummary(
                folder(place), experiment: place.experiment, measuring: measuring ? StageStore(logs: logs) : nil)
        }
    }

    /// The run that a text names: `EXPERIMENT/RUN`, as much of that or of `RUN` from its beginning, or of its end, as tells
    /// it apart; `latest` for the newest of all and `EXPERIMENT/latest` for an experiment's.
    ///
    /// - Throws: ``PipelineError/unknownRun(name:folder:found:)``.
    public func find(_ text: String) throws -> RunName {
        let places = try places()
        if let exact = places.first(where: { "\($0)" == text || "\($0.experiment)/latest" == text }) { return exact }
        if text == "latest", let newest = places.first { return newest }
        let found = places.filter { $0.run.hasPrefix(text) || $0.run.hasSuffix(text) || "\($0)".hasPrefix(text) }
        guard found.count == 1, !text.isEmpty else {
            throw PipelineError.unknownRun(name: text, folder: logs.path, found: text.isEmpty ? [] : found)
        }
        return found[0]
    }

    /// The folder of a run.
    public func folder(_ run: RunName) -> RunFolder {
        RunFolder(url: logs.appendingPathComponent(run.experiment).appendingPathComponent(run.run))
    }

    /// Everything about one run.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func details(of run: RunName) throws -> RunDetails {
        let folder = folder(run)
        return RunDetails(
            summary: RunSummary(folder, experiment: run.experiment, measuring: StageStore(logs: logs)),
            folder: folder.url.path, plan: try folder.plan(), result: try folder.result())
    }

    /// The runs beside each other.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func comparison(of runs: [RunName]) throws -> RunComparison {
        RunComparison(
            try runs.map { run in
                let folder = folder(run)
                return (run, try folder.plan(), try folder.result()?.rows ?? [])
            })
    }

    /// Removes a run, and what the store held only for its sake.
    ///
    /// - Returns: How many entries of the store went with it.
    /// - Throws: ``PipelineError/locked(path:holder:)`` while a process works on the run; device errors.
    public func remove(_ run: RunName, now: Double = RunClock.system.now()) throws -> Int {
        let folder = folder(run)
        let lock = try ProcessLock(folder.lockFile, run: run, now: now)
        let keys = folder.storedKeys
        // Out of sight first, so that nobody meets half a run.
        let parent = folder.url.deletingLastPathComponent()
        let aside = parent.appendingPathComponent(Self.aside(run.run))
        try DurableFile.rename(folder.url, to: aside)
        try DurableFile.remove(aside)
        withExtendedLifetime(lock) {}
        removeEmpty(parent)
        return try keys.count { try release($0, now: now) }
    }

    /// The folders of all runs, newest first.
    func folders() throws -> [RunFolder] { try places().map(folder) }

    /// The names of all runs, newest first.
    private func places() throws -> [RunName] {
        guard DurableFile.lstatSucceeds(logs) else { return [] }
        var found: [RunName] = []
        collect(try DurableFile.names(in: logs), of: logs, experiment: "", into: &found)
        return found.sorted { ($0.run, $0.experiment) > ($1.run, $1.experiment) }
    }

    /// A folder with a plan is a run; one without may hold runs of an experiment whose name it is part of.
    ///
    /// - Parameter names: Those in the folder.
    private func collect(_ names: [String], of folder: URL, experiment: String, into found: inout [RunName]) {
        for name in names where !name.hasPrefix(".") {
            let item = folder.appendingPathComponent(name)
            if !experiment.isEmpty, DurableFile.lstatSucceeds(item.appendingPathComponent("plan.json")) {
                found.append(RunName(experiment: experiment, run: name))
            } else if DurableFile.isFolder(item) {
                // One folder that is not this user's, or has just gone, hides no run that lies elsewhere.
                let names = (try? DurableFile.names(in: item)) ?? []
                collect(names, of: item, experiment: experiment.isEmpty ? name : "\(experiment)/\(name)", into: &found)
            }
        }
    }

    /// Entries of the store that no run holds any more: how many bytes each keeps, and what it is.
    public func orphans() -> [(key: StageKey, stage: String, bytes: Int)] {
        struct Named: Decodable { let stage: String, method: String }
        let store = StageStore(logs: logs)
        return store.keys.filter(store.isAlone).map { key in
            let files = store.files(of: key)
            let manifest = files.first { $0.lastPathComponent == StageFolder.manifestName }
            let named = manifest.flatMap { try? JSONFile.read(Named.self, from: $0) }
            return (
                key, named.map { "\($0.stage) (\($0.method))" } ?? "a stage", DurableFile.bytes(below: store.url(of: key))
            )
        }
    }

    /// Removes a store's entry that no run holds any more; whether it was there and went.
    ///
    /// - Throws: Device errors.
    public func release(_ key: StageKey, now: Double = RunClock.system.now()) throws -> Bool {
        let store = StageStore(logs: logs)
        guard store.holds(key), store.isAlone(key) else { return false }
        do {
            let lock = try ProcessLock(store.lockFile(of: key), now: now)
            defer { withExtendedLifetime(lock) {} }
            // Again under the lock: a run may have taken it up meanwhile.
            guard store.isAlone(key) else { return false }
            try store.remove(key)
            return true
        } catch PipelineError.locked {
            return false
        }
    }

    /// Removes folders that the last run has left, up to the logs folder.
    private func removeEmpty(_ folder: URL) {
        var place = folder.standardizedFileURL
        let root = logs.standardizedFileURL.path
        while place.path.hasPrefix(root + "/"), rmdir(place.path) == 0 { place.deleteLastPathComponent() }
    }
}
