// SPDX-License-Identifier: MIT

public import Foundation

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
