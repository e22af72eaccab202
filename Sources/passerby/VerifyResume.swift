// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline

struct VerifyResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills and resumes an experiment in every stage, and compares it with an uninterrupted run.",
        discussion: """
            Runs the experiment twice from its beginning. Nothing disturbs the first run, for which --reference may name a \
            finished one. The second is killed with SIGKILL at random moments and goes on with --resume each time. Both \
            runs stay in the logs folder. The killed one gets resume-certificate.json, with SHA-256 digests of every \
            artefact, of all training state and of all figures. Exit code 70 where anything differs, or where a stage \
            was not killed.
            """)

    @OptionGroup var arguments: ExperimentArguments
    @OptionGroup var logs: LogsArgument

    @Option(help: "Kills in all, spread over the stages; at least one for each.", within: Limits.kills)
    var kills = 20

    @Option(
        help: "Seed that the moments of the kills are drawn from; another one each time without it.", within: Limits.seed)
    var killSeed: UInt64?

    @Option(
        help: ArgumentHelp(
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
        let verification = ResumeVerification(of: plan, logs: logs.folder, by: runs) {
            StandardError().write("verify-resume: \($0)\n")
        }
        let (killed, certificate) = try verification.certificate(
            against: known, kills: kills, seed: killSeed ?? .random(in: 0 ... .max >> 1),
            machine: machineFacts(threads: count, on: launch.device))
        if json {
            try printJSON(certificate)
        } else {
            print("\(certificate)\n\(killed.certificateFile.path)")
        }
        if !certificate.isPassed { throw CommandError.notResumable(certificate: killed.certificateFile.path) }
    }
}
