// SPDX-License-Identifier: MIT

internal import Foundation

/// The folder `stages/STAGE/` of a run, or `.stages/KEY/` of the store: how a stage's results get there, and
/// whether they are there.
///
/// A stage works in `.partial/`. When it ends, its artefacts are flushed, digested and renamed into place,
/// and only then does the manifest appear. A kill anywhere before leaves a stage that is not done. From then on
/// nothing writes to an artefact, for its files may be shared with other runs: it can only be removed.
struct StageFolder {
    static let manifestName = "manifest.json"
    static let checkpointsName = "checkpoints"
    /// Pictures that people may look at.
    static let samplesName = "samples"
    /// What rows of the result are made of, for reports.
    static let evidenceName = "evidence"
    /// What people may look at, and no result depends on. It goes with the stage wherever that is reused, unchecked.
    static let shownNames = [samplesName, evidenceName]
    /// What was recorded of the stage; in the store only, as a run has it with all the rest.
    static let eventsName = "events.jsonl"

    let url: URL
    let plan: StagePlan
    let key: StageKey

    var partial: URL { url.appendingPathComponent(".partial") }
    var samples: URL { url.appendingPathComponent(Self.samplesName) }
    var evidence: URL { url.appendingPathComponent(Self.evidenceName) }
    var checkpoints: URL { url.appendingPathComponent(Self.checkpointsName) }
    var attempts: URL { url.appendingPathComponent(".attempts.json") }
    var events: URL { url.appendingPathComponent(Self.eventsName) }
    var manifest: URL { url.appendingPathComponent(Self.manifestName) }

    /// The place of an artefact of a stage that is done.
    func artefact(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// The manifest if the stage is done and its files are those that the manifest describes, else nil.
    ///
    /// - Throws: ``PipelineError/corruptManifest(path:reason:)`` when there is a manifest that does not fit
    ///   the plan or the files.
    /// - Complexity: One pass over the bytes of all artefacts.
    func finishedManifest() throws -> StageManifest? {
        guard let found = try listedManifest() else { return nil }
        try check(found, in: url)
        return found
    }

    /// The manifest if the stage is done and a file of every artefact's name is there, else nil.
    ///
    /// - Throws: ``PipelineError/corruptManifest(path:reason:)``.
    /// - Complexity: Reads the manifest only.
    func listedManifest() throws -> StageManifest? {
        guard DurableFile.lstatSucceeds(manifest) else { return nil }
        let found = try promised { try StageManifest.read(from: manifest) }
        guard found.key == key else {
            throw corrupt("is of key \(found.key), while the plan's is \(key)")
        }
        for output in plan.outputs {
            guard found.artefacts.contains(where: { $0.name == output.name }) else {
                throw corrupt("does not list '\(output.name)'")
            }
            guard DurableFile.lstatSucceeds(artefact(output.name)) else {
                throw corrupt("lists '\(output.name)', which is gone")
            }
        }
        return found
    }

    /// Clears away what an earlier attempt left, checkpoints excepted.
    ///
    /// - Parameter goesOn: Whether folders that grow over attempts are left too.
    func prepare(goesOn: Bool = true) throws {
        try DurableFile.makeFolders(url)
        // The manifest first: without it, nothing of the rest counts as finished.
        try DurableFile.remove(manifest)
        try clearPartial(goesOn: goesOn)
        for output in plan.outputs { try DurableFile.remove(artefact(output.name)) }
        try DurableFile.synchronise(url)
        try DurableFile.makeFolders(partial)
    }

    private func clearPartial(goesOn: Bool) throws {
        let marked = plan.outputs.map { partial.appendingPathComponent($0.name) }
            .map { ($0, mark: GrowingArtefact.mark(of: $0)) }
            .filter { goesOn && DurableFile.lstatSucceeds($0.mark) }
        guard !marked.isEmpty else { return try DurableFile.remove(partial) }
        let kept = Set(marked.flatMap { [$0.lastPathComponent, $1.lastPathComponent] })
        for name in try DurableFile.names(in: partial) where !kept.contains(name) {
            try DurableFile.remove(partial.appendingPathComponent(name))
        }
    }

    /// Makes what the stage wrote its result.
    ///
    /// - Throws: ``PipelineError/missingArtefact(stage:name:)``; device errors. The stage is not done then.
    func publish(
        _ outcome: StageOutcome, by origin: RunName, _ attempts: StageAttempts, states: [String: ContentDigest]
    ) throws -> StageManifest {
        let entries = try plan.outputs.map { output in
            let source = partial.appendingPathComponent(output.name)
            guard DurableFile.lstatSucceeds(source) else {
                throw PipelineError.missingArtefact(stage: plan.name, name: output.name)
            }
            let tree = try FileTree(at: source, flushing: true)
            return StageManifest.Entry(
                name: output.name, kind: output.kind, files: tree.fileCount, bytes: tree.byteCount,
                sha256: tree.digest)
        }
        let result = StageManifest(
            format: Plan.formatVersion, stage: plan.name, method: plan.method, key: key, origin: origin,
            reused: false, seconds: attempts.seconds, boundaries: attempts.boundaries, states: states,
            artefacts: entries, metrics: outcome.metrics, rows: outcome.rows,
            notes: attempts.notes.all.isEmpty ? nil : attempts.notes.all)
        try settle(result)
        return result
    }

    /// Takes over a result that lies in another folder, sharing its files.
    ///
    /// The files are digested once they have their names here, so that nothing done to the other folder meanwhile
    /// can come between the check and the use.
    ///
    /// - Parameter record: Adds what was recorded of it; a kill afterwards has it done again, which does no harm.
    /// - Returns: The manifest, or nil when there is no result of this key.
    /// - Throws: ``PipelineError/corruptManifest(path:reason:)`` when the other folder does not hold what its
    ///   manifest says; device errors. The stage is not done then.
    func adopt(_ other: StageFolder, recording record: ([Event]) throws -> Void) throws -> StageManifest? {
        guard let found = try other.listedManifest() else { return nil }
        let events = try other.recorded()
        try prepare(goesOn: false)
        for output in plan.outputs {
            do {
                try DurableFile.share(other.artefact(output.name), as: partial.appendingPathComponent(output.name))
            } catch let error as PipelineError {
                // Gone since the look at it; anything else is this device's trouble.
                guard DurableFile.lstatSucceeds(other.manifest) else { return nil }
                throw error
            }
        }
        try other.check(found, in: partial, flushing: true)
        shareWhatIsShown(from: other, to: url)
        try record(events)
        let result = found.reused(as: plan.name)
        try settle(result)
        return result
    }

    /// Takes over what people may look at, as far as that goes: no stage fails for want of a picture.
    func shareWhatIsShown(from other: StageFolder, to folder: URL) {
        for name in Self.shownNames {
            let (source, target) = (other.url.appendingPathComponent(name), folder.appendingPathComponent(name))
            guard DurableFile.isFolder(source) else { continue }
            do {
                try DurableFile.remove(target)
                try DurableFile.share(source, as: target)
            } catch {
                // Half of it is worse than none; what cannot be removed either is looked at as it is.
                try? DurableFile.remove(target)
            }
        }
    }

    /// What was recorded of a stage in the store.
    private func recorded() throws -> [Event] {
        guard DurableFile.lstatSucceeds(events) else { return [] }
        return try promised { try Event.read(from: events) }
    }

    /// What a file holds that the manifest promises: where it cannot be had the stage is made again.
    private func promised<Value>(_ read: () throws -> Value) throws -> Value {
        do {
            return try read()
        } catch PipelineError.corruptFile(let path, let reason) {
            throw PipelineError.corruptManifest(path: path, reason: reason)
        } catch PipelineError.unreadable(let path, let reason) {
            throw PipelineError.corruptManifest(path: path, reason: "cannot be read: \(reason)")
        }
    }

    /// Removes what an unfinished stage has written but for its checkpoints.
    func dropOutputs() throws { try DurableFile.remove(partial) }

    /// Removes what only an unfinished stage needs.
    func clean() throws {
        try dropOutputs()
        try DurableFile.remove(attempts)
        try DurableFile.remove(checkpoints)
    }

    /// Renames the artefacts from the partial folder into place and writes the manifest.
    private func settle(_ result: StageManifest) throws {
        for output in plan.outputs {
            try DurableFile.rename(partial.appendingPathComponent(output.name), to: artefact(output.name))
        }
        try JSONFile.write(result, to: manifest)
    }

    /// Throws unless the artefacts in a folder are those that a manifest of this one describes.
    private func check(_ found: StageManifest, in folder: URL, flushing isFlushed: Bool = false) throws {
        for entry in found.artefacts {
            let tree = try FileTree(at: folder.appendingPathComponent(entry.name), flushing: isFlushed)
            guard tree.digest == entry.sha256 else {
                throw corrupt("lists '\(entry.name)' with another digest than the file's")
            }
        }
    }

    private func corrupt(_ reason: String) -> PipelineError {
        .corruptManifest(path: manifest.path, reason: reason)
    }
}
