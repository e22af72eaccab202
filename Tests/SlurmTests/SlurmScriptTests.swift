// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Glibc
import Testing

@testable import Slurm

/// A sweep with a file's `slurm:`.
private func work(_ slurm: String, in folder: String = "/logs/sweeps/my rate/slurm") throws -> SlurmWork {
    let problems = ProblemCollector()
    let mapping = MappingReader(try Document.parse("slurm: \(slurm)", file: "rate.yaml"), reportingTo: problems)
    let settings = mapping.optional("slurm", .slurm)?.value
    mapping.finish()
    try problems.check()
    return SlurmWork(
        kind: "sweep", name: "rate", parts: "trials", command: "passerby sweep rate",
        statusCommand: "passerby sweep status rate", folder: URL(fileURLWithPath: folder), settings: try #require(settings))
}

private func script(_ slurm: String, command: String = "passerby sweep run rate --join") throws -> SlurmScript {
    SlurmScript(of: try work(slurm), jobs: 3, folder: "/here", command: command)
}

@Suite struct `A script for Slurm` {
    @Test func `says whose jobs it is for, and which command submits it`() throws {
        #expect(
            try script("{}").text.hasPrefix(
                """
                #!/usr/bin/env bash
                # The jobs of the sweep 'rate' for Slurm: each claims trials until none is left.
                # 'passerby sweep rate --launcher slurm' submits this file. It may be edited below the next line: then it is
                # submitted as it is, and written anew only with --rewrite-script.

                """))
    }

    @Test func `asks for an array of jobs that are warned and queue again`() throws {
        let lines = try script("{}").text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.first == "#!/usr/bin/env bash")
        #expect(
            lines.filter { $0.hasPrefix("#SBATCH") } == [
                "#SBATCH --job-name=rate", "#SBATCH --array=1-3", "#SBATCH --chdir=\"/logs/sweeps/my rate/slurm\"",
                "#SBATCH --output=%A_%a.txt", "#SBATCH --open-mode=append", "#SBATCH --requeue",
                "#SBATCH --signal=B:USR2@120",
            ])
        #expect(lines.contains("cd /here || exit 69") && lines.contains("passerby sweep run rate --join &"))
        #expect(lines.contains { $0.contains("scontrol requeue") })
    }

    @Test func `has the options of the file, in place of its own where they are the same`() throws {
        let text = try script(
            """
            {options: {partition: gpu, gres: "gpu:1", time: 04:00:00, cpus-per-task: 8, exclusive: true, signal: B:USR2@300,
             requeue: null, comment: 'a "b"'}, chain: 3, setup: [module load cuda]}
            """
        ).text
        let options = text.split(separator: "\n").filter { $0.hasPrefix("#SBATCH") }.map { $0.dropFirst("#SBATCH --".count) }
        #expect(
            options.suffix(8) == [
                "open-mode=append", "partition=gpu", "gres=gpu:1", "time=04:00:00", "cpus-per-task=8", "exclusive",
                "signal=B:USR2@300", #"comment="a \"b\"""#,
            ])
        #expect(text.contains("\nmodule load cuda\npasserby sweep run rate --join &\n"))
        // The next of the chain goes on instead.
        #expect(!text.contains("scontrol requeue") && text.contains("submitted 3 times"))
    }

    @Test func `knows whether it was edited`() throws {
        let text = try script("{options: {time: 60}}").text
        #expect(SlurmScript.isUnedited(text))
        #expect(!SlurmScript.isUnedited(text.replacing("--time=60", with: "--time=90")))
        #expect(!SlurmScript.isUnedited(text + "# more\n") && !SlurmScript.isUnedited("#!/bin/sh\nsweep\n"))
    }

    @Test(arguments: [
        ("{options: {array: 1-9}}", "options.array: the launcher says 'array' itself; allowed: sbatch's other options"),
        ("{options: {p: gpu}}", "options.p: 'p' is no long option; allowed: such as partition, time and cpus-per-task"),
        (
            "{options: {time: [1]}}",
            "options.time: found a sequence; allowed: a text of one line, a number, true or null"
        ),
        (
            "{options: {exclusive: false}}",
            "options.exclusive: found false; allowed: a text of one line, a number, true or null"
        ),
        (
            "{options: [time]}",
            "options: found a sequence; allowed: a mapping of sbatch's long options, without dashes, to texts, numbers, "
                + "true (a flag) or null (without it)"
        ),
        ("{setup: [3]}", "setup[0]: found 3; allowed: a line of shell"),
        ("{chain: 0}", "chain: found 0; allowed: 1 to 1000"),
    ])
    func `is refused what it could not be written with`(slurm: String, reason: String) {
        let error = #expect(throws: ConfigurationError.self) { try work(slurm) }
        #expect(error?.description.hasSuffix(": slurm.\(reason)") == true, "\(error?.description ?? "")")
    }
}

/// The script run by a shell, with a worker that takes note of signals, and a `scontrol` that does of what it is told.
@Suite struct `A job` {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("job-\(UUID().uuidString)")

    private func run(_ slurm: String, signal: Int32, code: Int32) throws -> (code: Int32, told: [String]) {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (told, ready) = (folder.appendingPathComponent("told"), folder.appendingPathComponent("ready"))
        // It keeps its state for a moment, which the script must wait for; a signal that never comes must not hold the
        // tests.
        try """
        trap 'echo USR2 >>"\(told.path)"; sleep 0.2; exit \(code)' USR2
        trap 'echo TERM >>"\(told.path)"; sleep 0.2; exit \(code)' TERM
        : >"\(ready.path)"
        for turn in $(seq 1000); do sleep 0.05; done
        """.write(to: folder.appendingPathComponent("worker.sh"), atomically: true, encoding: .utf8)
        let scontrol = folder.appendingPathComponent("scontrol")
        try "#!/bin/sh\necho \"$@\" >>\"\(told.path)\"\n".write(to: scontrol, atomically: true, encoding: .utf8)
        chmod(scontrol.path, 0o755)
        let work = try work(slurm, in: folder.path)
        try SlurmScript(of: work, jobs: 1, folder: folder.path, command: "bash worker.sh").text
            .write(to: work.script, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [work.script.path]
        process.environment = [
            "PATH": "\(folder.path):/usr/bin:/bin", "SLURM_JOB_ID": "17", "SLURM_ARRAY_JOB_ID": "17",
            "SLURM_ARRAY_TASK_ID": "3",
        ]
        try runWithSignals(process)
        while process.isRunning, !FileManager.default.fileExists(atPath: ready.path) { usleep(10_000) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return (
            process.terminationStatus, try String(contentsOf: told, encoding: .utf8).split(separator: "\n").map(String.init)
        )
    }

    /// One job of an array has the array's own number, by which all of them would queue again.
    @Test func `hands the warning on, and queues again once its worker has kept its state`() throws {
        let end = try run("{}", signal: SIGUSR2, code: 75)
        #expect(end.code == 75 && end.told == ["USR2", "requeue 17_3"])
    }

    @Test func `does not queue again after all is done, or for a defect`() throws {
        for code in [Int32(0), 64, 70] {
            let end = try run("{}", signal: SIGUSR2, code: code)
            #expect(end.code == code && end.told == ["USR2"])
        }
    }

    @Test func `does not queue again where it is taken off its node, or where another comes after it`() throws {
        let cancelled = try run("{}", signal: SIGTERM, code: 75)
        #expect(cancelled.code == 75 && cancelled.told == ["TERM"])
        let chained = try run("{chain: 2}", signal: SIGUSR2, code: 75)
        #expect(chained.code == 75 && chained.told == ["USR2"])
    }
}

/// Starts a process that signals can reach: tests run on threads that block them, and processes inherit that.
private func runWithSignals(_ process: Process) throws {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
}
