// SPDX-License-Identifier: MIT

public import Foundation

extension RunFolder {
    /// All runs of an experiment, newest first.
    public static func runs(of experiment: String, in logs: URL) -> [RunFolder] {
        let parent = logs.appendingPathComponent(experiment)
        // A folder that cannot be listed has no runs to offer.
        let names = (try? DurableFile.names(in: parent)) ?? []
        return names.sorted(by: >)
            .map { RunFolder(url: parent.appendingPathComponent($0)) }
            .filter { DurableFile.lstatSucceeds($0.planFile) }
    }

    /// The newest unfinished run with the same plan.
    ///
    /// - Complexity: Reads `result.json` and `plan.json` of each run that is newer than the one found.
    /// - Throws: ``PipelineError/nothingToResume(experiment:folder:found:)``, which says of each run why not.
    public static func resumable(in logs: URL, plan: Plan) throws -> RunFolder {
        var found: [UnsuitableRun] = []
        for folder in runs(of: plan.experiment, in: logs) {
            guard let reason = folder.obstacle(to: plan) else { return folder }
            found.append(UnsuitableRun(run: folder.run, reason: reason))
        }
        throw PipelineError.nothingToResume(
            experiment: plan.experiment, folder: logs.appendingPathComponent(plan.experiment).path,
            found: found)
    }

    /// The newest unfinished run whose plan has the bytes that this one would have, or nil.
    ///
    /// What ``resumable(in:plan:)`` finds, without reasons for the others and without understanding their plans: a
    /// look at a thousand runs is a matter of milliseconds.
    package static func newestUnfinished(of plan: Plan, in logs: URL) -> RunFolder? {
        guard let wanted = try? JSONFile.text(of: plan) else { return nil }
        return runs(of: plan.experiment, in: logs).first { folder in
            guard (try? Data(contentsOf: folder.planFile)) == wanted else { return false }
            return (try? folder.result()?.status) != .completed
        }
    }

    /// Why this run cannot be continued with a plan, or nil.
    private func obstacle(to requested: Plan) -> UnsuitableRun.Reason? {
        do {
            if try result()?.status == .completed { return .completed }
            let differences = try plan().differences(from: requested)
            return differences.isEmpty ? nil : .differs(differences)
        } catch {
            return .unreadable("\(error)")
        }
    }

    /// The keys of its finished stages, by which the store has them.
    var storedKeys: [StageKey] {
        struct Keyed: Decodable { let key: StageKey }
        let names = (try? DurableFile.names(in: url.appendingPathComponent("stages"))) ?? []
        return names.compactMap { name in
            let manifest = stageFolder(name).appendingPathComponent(StageFolder.manifestName)
            // What cannot be read names no entry; an entry left over costs space, nothing else.
            return (try? JSONFile.read(Keyed.self, from: manifest))?.key
        }
    }
}
