// SPDX-License-Identifier: MIT

package import Foundation
package import Pipeline
internal import Randomness

/// Kills and resumes an experiment in every stage, and compares all that it comes to with an uninterrupted run.
package struct ResumeVerification {
    private let plan: Plan
    private let logs: URL
    private let runs: ChildRuns
    private let say: (String) -> Void

    /// - Parameter say: Is told, a line each, what is done and what came of it.
    package init(of plan: Plan, logs: URL, by runs: ChildRuns, say: @escaping (String) -> Void) {
        self.plan = plan
        self.logs = logs
        self.runs = runs
        self.say = say
    }

    /// - Parameters:
    ///   - known: A finished run of the same plan to compare with, instead of a new one.
    ///   - kills: In all, spread over the stages; at least one for each.
    ///   - seed: Where the moments come from.
    ///   - machine: What all this runs on, by name.
    /// - Returns: The killed run, and its certificate, which is written into its folder.
    /// - Throws: ``ChildRunError``, `PipelineError`.
    package func certificate(
        against known: RunFolder?, kills: Int, seed: UInt64, machine: [String: String]
    ) throws -> (RunFolder, ResumeCertificate) {
        let whole = try known ?? referenceRun()
        let (killed, met) = try killedRun(kills, seed: seed, like: whole)
        let certificate = try ResumeCertificate(reference: whole, run: killed, plan: plan, kills: met, machine: machine)
        try certificate.write(to: killed)
        return (killed, certificate)
    }

    private func referenceRun() throws -> RunFolder {
        say("running \(plan.experiment) without interruption")
        try runs.finish(["--fresh"])
        return try newest()
    }

    private func killedRun(
        _ count: Int, seed: UInt64, like whole: RunFolder
    ) throws -> (RunFolder, [ResumeCertificate.Kill]) {
        var random = RandomKey(seed: seed).stream("kills")
        let schedule = KillSchedule(count, over: try whole.manifests(of: plan), using: &random)
        say("running it again with \(schedule.kills.count) kills (--kill-seed \(seed))")
        var met: [ResumeCertificate.Kill] = []
        for (number, kill) in schedule.kills.enumerated() {
            let struck = try runs.untilKilled(at: kill, [number == 0 ? "--fresh" : "--resume"])
            let point = try newest().resumePoint(of: plan.stage(named: kill.stage), in: plan)
            met.append(.init(at: kill, resumedAt: point, missed: !struck))
            say(
                "\(number + 1). \(struck ? "killed" : "ended before the kill") at \(kill)"
                    + (point.map { "; goes on after epoch \($0.epoch)\($0.step.map { ", step \($0)" } ?? "")" } ?? ""))
        }
        // A last kill that came too late has left a finished run.
        if try newest().result()?.status != .completed { try runs.finish(["--resume"]) }
        return (try newest(), met)
    }

    private func newest() throws -> RunFolder {
        let found = RunFolder.runs(of: plan.experiment, in: logs).first { (try? $0.plan()) == plan }
        guard let found else { throw PipelineError.unknownRun(name: plan.experiment, folder: logs.path, found: []) }
        return found
    }
}
