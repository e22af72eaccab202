// SPDX-License-Identifier: MIT

public import Foundation

/// The right to make the run of a plan, among processes that each take the next of a list of runs.
///
/// A hidden file beside the experiment's runs is there while one has it. Whoever makes a file in a folder sees what others
/// have made there before, on a network too: a run that has just ended is not overlooked.
public struct RunClaim {
    private let lock: ProcessLock
    /// Whether the claim was left by a process that is gone; that of its run may take a moment longer to keep its state.
    public let isInherited: Bool

    /// Claims the run.
    ///
    /// - Parameters:
    ///   - logs: The folder of all runs; the experiment's own is made where it is not there.
    ///   - now: Seconds since 1970.
    /// - Throws: ``PipelineError/locked(path:holder:)`` where another process has claimed it; device errors.
    public init(_ plan: Plan, in logs: URL, now: Double = RunClock.system.now()) throws {
        let file = Self.file(of: plan, in: logs)
        try DurableFile.makeFolders(file.deletingLastPathComponent())
        isInherited = DurableFile.lstatSucceeds(file)
        lock = try ProcessLock(file, now: now)
    }

    /// The process that has claimed the run or works on it; nil where none does.
    public static func holder(of plan: Plan, in logs: URL) -> LockHolder? {
        ProcessLock.liveHolder(in: file(of: plan, in: logs)) ?? worker(on: plan, in: logs)
    }

    /// The process that works on the newest unfinished run of a plan, claimed or not; nil where none does.
    public static func worker(on plan: Plan, in logs: URL) -> LockHolder? {
        RunFolder.newestUnfinished(of: plan, in: logs).flatMap { ProcessLock.liveHolder(in: $0.lockFile) }
    }

    private static func file(of plan: Plan, in logs: URL) -> URL {
        let digest = ContentDigest(of: "\(plan.seed) \(plan.settingsText)").hexadecimal
        return logs.appendingPathComponent(plan.experiment).appendingPathComponent(".\(digest.prefix(16)).claim")
    }
}
