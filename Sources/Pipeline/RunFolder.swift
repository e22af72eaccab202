// SPDX-License-Identifier: MIT

public import Foundation

/// The folder `LOGS/EXPERIMENT/RUN/`, which holds everything that is known about one run.
public struct RunFolder: Sendable, Equatable {
    /// The folder.
    public let url: URL

    /// The run's name: when it began (UTC) and four random digits.
    public var run: String { url.lastPathComponent }
    /// The resolved experiment, which can be run again.
    public var experimentFile: URL { url.appendingPathComponent("experiment.yaml") }
    /// The plan; written last when a run is made, so that a folder without it is none.
    public var planFile: URL { url.appendingPathComponent("plan.json") }
    /// One recorded value a line.
    public var eventsFile: URL { url.appendingPathComponent("events.jsonl") }
    /// Where the run stands and what it came to.
    public var resultFile: URL { url.appendingPathComponent("result.json") }
    /// What the bits of its results depend on besides its plan.
    public var conditionsFile: URL { url.appendingPathComponent("conditions.json") }
    /// The process that works on the run, while one does.
    public var lockFile: URL { url.appendingPathComponent("run.lock") }

    /// The run's name among all runs, where this is its plan.
    func name(in plan: Plan) -> RunName { RunName(experiment: plan.experiment, run: run) }

    /// There where the run reuses nothing, so that it goes on like that after an interruption.
    var freshMark: URL { url.appendingPathComponent(".fresh") }

    /// A folder as given; nothing is read.
    public init(url: URL) {
        // In one form, so that one folder is one value: absolute, and ended by a slash.
        self.url = URL(fileURLWithPath: url.path, isDirectory: true)
    }

    /// The folder of one stage.
    public func stageFolder(_ name: String) -> URL {
        url.appendingPathComponent("stages").appendingPathComponent(name)
    }

    /// The plan with which the run was made.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func plan() throws -> Plan {
        try JSONFile.read(Plan.self, from: planFile)
    }

    /// The conditions under which the run was worked on last; nil where none were kept.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func conditions() throws -> RunConditions? {
        DurableFile.lstatSucceeds(conditionsFile) ? try JSONFile.read(RunConditions.self, from: conditionsFile) : nil
    }

    /// Where the run stands; nil before its first stage has begun.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func result() throws -> RunResult? {
        DurableFile.lstatSucceeds(resultFile) ? try JSONFile.read(RunResult.self, from: resultFile) : nil
    }
}

extension RunFolder {
    /// Makes the folder of a new run, with its experiment and its plan.
    ///
    /// - Parameters:
    ///   - logs: The folder of all runs; made when it is not there.
    ///   - plan: What will run.
    ///   - experiment: The resolved experiment, as YAML.
    ///   - now: Seconds since 1970.
    /// - Returns: A folder that was not there before.
    /// - Throws: ``PipelineError/cannotCreateRunFolder(path:reason:)``, ``PipelineError/diskFull(path:)``.
    public static func create(
        in logs: URL, plan: Plan, experiment: String, now: Double = RunClock.system.now()
    ) throws -> RunFolder {
        var generator = SystemRandomNumberGenerator()
        return try create(in: logs, plan: plan, experiment: experiment, now: now, using: &generator)
    }

    static func create(
        in logs: URL, plan: Plan, experiment: String, now: Double,
        using generator: inout some RandomNumberGenerator
    ) throws -> RunFolder {
        let parent = logs.appendingPathComponent(plan.experiment)
        do {
            try DurableFile.makeFolders(parent)
            let folder = RunFolder(url: try makeUnique(in: parent, now: now, using: &generator))
            try DurableFile.replace(folder.experimentFile, with: Data(experiment.utf8))
            try JSONFile.write(plan, to: folder.planFile)
            try DurableFile.synchronise(parent)
            return folder
        } catch PipelineError.readOnly {
            throw PipelineError.cannotCreateRunFolder(
                path: parent.path, reason: "it is read-only for this user")
        } catch PipelineError.inputOutput(_, _, let reason) {
            throw PipelineError.cannotCreateRunFolder(path: parent.path, reason: reason)
        }
    }

    /// Makes a folder that was not there before, under another name where two runs begin at one moment.
    private static func makeUnique(
        in parent: URL, now: Double, using generator: inout some RandomNumberGenerator
    ) throws -> URL {
        while true {
            let suffix = String(UInt16.random(in: .min ... .max, using: &generator), radix: 16)
            let padded = String(repeating: "0", count: 4 - suffix.count) + suffix
            let url = parent.appendingPathComponent("\(timestamp(now))-\(padded)")
            if mkdir(url.path, 0o777) == 0 { return url }
            guard errno == EEXIST else { throw DurableFile.failure("create", url.path) }
        }
    }

    /// `20260131-094500.250`: UTC to the millisecond, so that names sort by time.
    static func timestamp(_ now: Double) -> String {
        let milliseconds = Int((now * 1000).rounded(.down))
        return formatted(milliseconds / 1000, "%04d%02d%02d-%02d%02d%02d")
            + String(format: ".%03d", milliseconds % 1000)
    }

    /// `2026-01-31 09:45:00 UTC`.
    static func readableTime(_ now: Double) -> String {
        formatted(Int(now.rounded(.down)), "%04d-%02d-%02d %02d:%02d:%02d") + " UTC"
    }

    private static func formatted(_ time: Int, _ format: String) -> String {
        var seconds = time_t(time)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(
            format: format, Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday),
            Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
    }

    /// When a run with this name began, in seconds since 1970; nil for a name that says nothing of it.
    static func began(_ run: String) -> Double? {
        let digits = run.prefix(19).filter(\.isNumber)
        guard digits.count == 17, let all = Int(digits) else { return nil }
        var parts = tm()
        let (date, time) = (all / 1_000_000_000, all / 1000 % 1_000_000)
        parts.tm_year = Int32(date / 10_000 - 1900)
        parts.tm_mon = Int32(date / 100 % 100 - 1)
        parts.tm_mday = Int32(date % 100)
        parts.tm_hour = Int32(time / 10_000)
        parts.tm_min = Int32(time / 100 % 100)
        parts.tm_sec = Int32(time % 100)
        return Double(timegm(&parts)) + Double(all % 1000) / 1000
    }
}

extension RunFolder {
    /// All runs of an experiment, newest first.
    public static func runs(of experiment: String, in logs: URL) -> [RunFolder] {
        let parent = logs.appendingPathComponent(experiment)
        // A folder that cannot be listed has no runs to offer.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
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
    static func newestUnfinished(of plan: Plan, in logs: URL) -> RunFolder? {
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
}
