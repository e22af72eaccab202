// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline
internal import Randomness

struct VerifyResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills and resumes an experiment in every stage, and compares it with an uninterrupted run.",
        discussion: """
            Runs the experiment twice, from its beginning: once in peace, unless --reference names such a run, and once \
            ending itself with SIGKILL at random moments, each time going on with --resume. Both runs stay in the logs \
            folder; the killed one gets resume-certificate.json, with SHA-256 digests of every artefact, of all training \
            state and of all figures. Exit code 70 where anything differs, or where a stage was not killed.
            """)

    @OptionGroup var arguments: ExperimentArguments
    @OptionGroup var logs: LogsArgument

    @Option(help: "Kills in all, spread over the stages; at least one for each.", within: Limits.kills)
    var kills = 20

    @Option(help: "Where the moments come from; by chance as a rule.", within: Limits.seed)
    var killSeed: UInt64 = .random(in: 0 ... .max >> 1)

    @Option(help: ArgumentHelp(
        "A finished run of the same experiment to compare with, instead of a new one.", valueName: "run"))
    var reference: String?

    @OptionGroup var threads: ThreadsArgument

    @Flag(help: "Print the certificate as one JSON document.")
    var json = false

    func run() throws {
        let launch = try arguments.launch()
        try logs.checkWritable()
        let plan = try launch.plan()
        let words = [arguments.name] + arguments.overrides
        let catalogue = RunCatalogue(logs: logs.folder)
        let known = try reference.map { catalogue.folder(try catalogue.find($0)) }
        // Other threads than the reference had would give other bits.
        let count = try threads.given ?? known?.conditions()?.threads ?? usualThreadCount
        let runs = ChildRuns(experiment: words, logs: logs.folder.path, threads: count, interruption: .fromSignals())
        let whole = try known ?? referenceRun(plan, runs)
        let (killed, met) = try killedRun(plan, runs, like: whole)
        let certificate = try ResumeCertificate(
            reference: whole, run: killed, plan: plan, kills: met, machine: machineFacts(threads: count))
        try certificate.write(to: killed)
        if json {
            try printJSON(certificate)
        } else {
            print("\(certificate)\n\(killed.certificateFile.path)")
        }
        if !certificate.isPassed { throw CommandError.notResumable(certificate: killed.certificateFile.path) }
    }

    private func referenceRun(_ plan: Plan, _ runs: ChildRuns) throws -> RunFolder {
        say("running \(plan.experiment) without interruption")
        try runs.finish(["--fresh"])
        return try newest(plan)
    }

    private func killedRun(
        _ plan: Plan, _ runs: ChildRuns, like whole: RunFolder
    ) throws -> (RunFolder, [ResumeCertificate.Kill]) {
        var random = RandomKey(seed: killSeed).stream("kills")
        let schedule = KillSchedule(kills, over: try whole.manifests(of: plan), using: &random)
        say("running it again with \(schedule.kills.count) kills (--kill-seed \(killSeed))")
        var met: [ResumeCertificate.Kill] = []
        for (number, kill) in schedule.kills.enumerated() {
            let struck = try runs.untilKilled(at: kill, [number == 0 ? "--fresh" : "--resume"])
            let point = try newest(plan).resumePoint(of: plan.stage(named: kill.stage), in: plan)
            met.append(.init(at: kill, resumedAt: point, missed: !struck))
            say("\(number + 1). \(struck ? "killed" : "ended before the kill") at \(kill)"
                + (point.map { "; goes on after epoch \($0.epoch)\($0.step.map { ", step \($0)" } ?? "")" } ?? ""))
        }
        // A last kill that came too late has left a finished run.
        if try newest(plan).result()?.status != .completed { try runs.finish(["--resume"]) }
        return (try newest(plan), met)
    }

    private func newest(_ plan: Plan) throws -> RunFolder {
        let found = RunFolder.runs(of: plan.experiment, in: logs.folder).first { (try? $0.plan()) == plan }
        guard let found else { throw PipelineError.unknownRun(name: plan.experiment, folder: logs.folder.path, found: []) }
        return found
    }

    private func say(_ text: String) {
        StandardError().write("verify-resume: \(text)\n")
    }
}
