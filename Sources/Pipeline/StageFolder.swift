// SPDX-License-Identifier: MIT

internal import Foundation

/// The folder `stages/STAGE/` of a run: how a stage's results get there, and whether they are there.
///
/// A stage works in `.partial/`. When it ends, its artefacts are flushed, digested and renamed into place,
/// and only then does the manifest appear. A kill anywhere before leaves a stage that is not done.
struct StageFolder {
    static let manifestName = "manifest.json"
    static let checkpointsName = "checkpoints"

    let url: URL
    let plan: StagePlan
    let key: StageKey

    var partial: URL { url.appendingPathComponent(".partial") }
    var checkpoints: URL { url.appendingPathComponent(Self.checkpointsName) }
    var manifest: URL { url.appendingPathComponent(Self.manifestName) }

    /// The place of an artefact of a stage that is done.
    func artefact(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// The manifest if the stage is done and its files are those that the manifest describes, else nil.
    ///
    /// - Throws: ``PipelineError/corruptManifest(path:reason:)`` when there is a manifest that does not fit
    ///   the plan or the files.
    /// - Complexity: One pass over the bytes of all artefacts.
    func finishedManifest() throws -> StageManifest? {
        guard DurableFile.lstatSucceeds(manifest) else { return nil }
        let found: StageManifest
        do {
            found = try JSONFile.read(StageManifest.self, from: manifest)
        } catch PipelineError.corruptFile(_, let reason) {
            throw PipelineError.corruptManifest(path: manifest.path, reason: reason)
        }
        guard found.key == key else {
            throw corrupt("is of key \(found.key), while the plan's is \(key)")
        }
        for output in plan.outputs {
            guard let entry = found.artefacts.first(where: { $0.name == output.name }) else {
                throw corrupt("does not list '\(output.name)'")
            }
            guard DurableFile.lstatSucceeds(artefact(output.name)) else {
                throw corrupt("lists '\(output.name)', which is gone")
            }
            guard try ContentDigest(of: artefact(output.name)) == entry.sha256 else {
                throw corrupt("lists '\(output.name)' with another digest than the file's")
            }
        }
        return found
    }

    /// Clears away what an earlier attempt left, checkpoints excepted.
    func prepare() throws {
        try DurableFile.makeFolders(url)
        // The manifest first: without it, nothing of the rest counts as finished.
        try DurableFile.remove(manifest)
        try DurableFile.remove(partial)
        for output in plan.outputs { try DurableFile.remove(artefact(output.name)) }
        try DurableFile.synchronise(url)
        try DurableFile.makeFolders(partial)
    }

    /// Makes what the stage wrote its result.
    ///
    /// - Throws: ``PipelineError/missingArtefact(stage:name:)``; device errors. The stage is not done then.
    func publish(_ outcome: StageOutcome, seconds: Double) throws -> StageManifest {
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
        for output in plan.outputs {
            try DurableFile.rename(partial.appendingPathComponent(output.name), to: artefact(output.name))
        }
        let result = StageManifest(
            format: Plan.formatVersion, stage: plan.name, method: plan.method, key: key, seconds: seconds,
            artefacts: entries, metrics: outcome.metrics, rows: outcome.rows)
        try JSONFile.write(result, to: manifest)
        return result
    }

    /// Removes what only an unfinished stage needs.
    func clean() throws {
        try DurableFile.remove(partial)
        try DurableFile.remove(checkpoints)
    }

    private func corrupt(_ reason: String) -> PipelineError {
        .corruptManifest(path: manifest.path, reason: reason)
    }
}
