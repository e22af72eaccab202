// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Testing

@testable import passerby

/// A home on a machine that has Slurm's commands: they note what they are told, and say what a file says.
private final class FakeSlurm {
    let home: TemporaryHome
    /// The command that is to submit jobs, and the script that it writes.
    private let words: [String]
    let script: URL
    private let commands: URL

    /// One with the sweep `rates`.
    convenience init(_ more: String = "") throws {
        let sweep = try SweepHome(more)
        try self.init(sweep.home, ["sweep", "rates"], script: sweep.folder.appendingPathComponent("slurm/sweep.sh"))
    }

    /// One with the table `small`.
    convenience init(tablePreset preset: String) throws {
        let home = try TableHome().home
        try self.init(
            home, ["reproduce", "small"], script: home.logs.appendingPathComponent("tables/small/\(preset)/slurm/table.sh"))
    }

    private init(_ home: TemporaryHome, _ words: [String], script: URL) throws {
        self.home = home
        self.words = words
        self.script = script
        commands = home.url.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: commands, withIntermediateDirectories: true)
        try command("squeue", "cat '\(commands.path)/queue' 2>/dev/null || true")
        try command(
            "sbatch",
            """
            echo "$*" >>'\(commands.path)/submitted'
            echo "$((40 + $(wc -l <'\(commands.path)/submitted')))"
            """)
    }

    func command(_ name: String, _ text: String) throws {
        let url = commands.appendingPathComponent(name)
        try "#!/bin/sh\n\(text)\n".write(to: url, atomically: true, encoding: .utf8)
        chmod(url.path, 0o755)
    }

    func queue(_ lines: String...) throws {
        try lines.map { $0 + "\n" }.joined()
            .write(to: commands.appendingPathComponent("queue"), atomically: true, encoding: .utf8)
    }

    var submitted: [String] {
        ((try? String(contentsOf: commands.appendingPathComponent("submitted"), encoding: .utf8)) ?? "")
            .split(separator: "\n").map(String.init)
    }

    var folder: URL { script.deletingLastPathComponent() }

    func launch(_ words: String..., path: String? = nil) throws -> (code: Int32, output: String, messages: String) {
        try launch(words, path: path)
    }

    func launch(_ words: [String], path: String? = nil) throws -> (code: Int32, output: String, messages: String) {
        let (code, output, messages) = try home.passerby(
            self.words + ["--launcher", "slurm"] + words,
            environment: ["PATH": path ?? "\(commands.path):/usr/bin:/bin"])
        return (code, String(decoding: output, as: UTF8.self), messages)
    }
}

@Suite struct `passerby sweep --launcher slurm` {
    @Test func `submits an array, and notes its number`() throws {
        let slurm = try FakeSlurm("slurm: {options: {partition: gpu}}")
        let end = try slurm.launch("--workers", "2", "budget.trials=3")
        #expect(end.code == 0, "\(end.messages)")
        #expect(slurm.submitted == ["--parsable \(slurm.script.path)"])
        #expect(try String(contentsOf: slurm.folder.appendingPathComponent("jobs.txt"), encoding: .utf8) == "41\n")
        #expect(
            end.output == """
                submitted: job 41
                script: \(slurm.script.path)
                watch: squeue --jobs=41; passerby sweep status rates; tail -f \(slurm.folder.path)/41_*.txt
                end: scancel 41; trials keep their state, and the same command goes on

                """)
        let script = try String(contentsOf: slurm.script, encoding: .utf8)
        #expect(script.contains("#SBATCH --array=1-3\n") && script.contains("#SBATCH --partition=gpu\n"))
        #expect(
            script.contains(
                " sweep run rates budget.trials=3 --logs \(slurm.home.logs.path) --workers 2 --join "
                    + "--threads \"${SLURM_CPUS_ON_NODE:-$(nproc)}\" &\n"))
    }

    @Test func `submits a chain, each link after the one before`() throws {
        let slurm = try FakeSlurm("slurm: {chain: 3}")
        #expect(try slurm.launch("--jobs", "2").code == 0)
        #expect(
            slurm.submitted == [
                "--parsable --array=1-2 \(slurm.script.path)",
                "--parsable --array=1-2 --dependency=afterany:41 \(slurm.script.path)",
                "--parsable --array=1-2 --dependency=afterany:42 \(slurm.script.path)",
            ])
    }

    /// By their numbers, or by their folder where a number was lost.
    @Test func `submits nothing beside jobs of the sweep unless told to`() throws {
        let slurm = try FakeSlurm()
        try slurm.queue("7|7|RUNNING|/elsewhere/sweeps/rates/slurm")
        #expect(try slurm.launch().code == 0 && slurm.submitted.count == 1)
        try slurm.queue("41|41_2|RUNNING|/moved", "41|41_[3-4]|PENDING|/moved", "44|44_1|RUNNING|\(slurm.folder.path)")
        let again = try slurm.launch()
        #expect(again.code == 0 && slurm.submitted.count == 1)
        #expect(
            again.output == """
                nothing was submitted, as jobs of this sweep are there: 41_2 RUNNING, 41_[3-4] PENDING, 44_1 RUNNING
                --add submits more beside them; 'squeue' shows them, and 'scancel' ends them

                """)
        #expect(try slurm.launch("--add").output.hasPrefix("submitted: job 42, beside 41_2 RUNNING, "))
        try slurm.queue()
        #expect(try slurm.launch().output.hasPrefix("submitted: job 43\n"))
    }

    @Test func `leaves a script alone that was edited, until it is told to`() throws {
        let slurm = try FakeSlurm()
        #expect(try slurm.launch("--script-only").output == "script: \(slurm.script.path)\n" && slurm.submitted.isEmpty)
        // Not edited: it follows what is asked for.
        #expect(try slurm.launch("--script-only", "--jobs", "3").messages.contains("edited") == false)
        var text = try String(contentsOf: slurm.script, encoding: .utf8)
        #expect(text.contains("--array=1-3\n"))
        text.replace("#SBATCH --requeue", with: "#SBATCH --requeue --nice=50")
        try text.write(to: slurm.script, atomically: true, encoding: .utf8)
        let edited = try slurm.launch()
        #expect(
            edited.messages
                == "note: \(slurm.script.path) was edited and is left as it is; --rewrite-script writes it anew\n")
        #expect(try String(contentsOf: slurm.script, encoding: .utf8) == text && slurm.submitted.count == 1)
        #expect(try slurm.launch("--script-only", "--rewrite-script").messages == "")
        #expect(try String(contentsOf: slurm.script, encoding: .utf8).contains("#SBATCH --requeue\n"))
    }

    @Test func `says what is missing, or what Slurm said`() throws {
        let slurm = try FakeSlurm()
        let none = try slurm.launch(path: slurm.home.url.path)
        #expect(none.code == 69)
        #expect(
            none.messages == """
                error: there is no 'squeue' here: '--launcher slurm' hands the work to Slurm, from a machine on which jobs are \
                submitted; without it this machine does the work

                """)
        try slurm.command("sbatch", "echo 'sbatch: error: invalid partition specified: gpu' >&2; exit 1")
        let refused = try slurm.launch()
        #expect(refused.code == 69)
        #expect(
            refused.messages
                == "error: Slurm's sbatch failed with exit code 1: sbatch: error: invalid partition specified: gpu\n")
        let useless = try slurm.home.passerby(["sweep", "rates", "--jobs", "3"])
        #expect(useless.code == 64 && useless.messages.contains("'--jobs' needs '--launcher slurm'."))
    }
}

@Suite struct `passerby reproduce --launcher slurm` {
    @Test func `submits an array of jobs that take the table's runs`() throws {
        let slurm = try FakeSlurm(tablePreset: "synthetic")
        let words = ["slurm.options.partition=gpu", "--preset", "synthetic", "--seeds", "3"]
        let end = try slurm.launch(words)
        #expect(end.code == 0, "\(end.messages)")
        #expect(slurm.submitted == ["--parsable \(slurm.script.path)"])
        let command = "passerby reproduce small slurm.options.partition=gpu --preset synthetic --seeds 3"
        #expect(
            end.output == """
                submitted: job 41
                script: \(slurm.script.path)
                watch: squeue --jobs=41; \(command) --plan; tail -f \(slurm.folder.path)/41_*.txt
                end: scancel 41; runs keep their state, and the same command goes on

                """)
        let script = try String(contentsOf: slurm.script, encoding: .utf8)
        #expect(script.contains("# The jobs of the table 'small' for Slurm: each claims runs until none is left.\n"))
        #expect(script.contains("# '\(command) --launcher slurm' submits this file. "))
        // One experiment with three seeds.
        #expect(script.contains("#SBATCH --array=1-3\n") && script.contains("#SBATCH --partition=gpu\n"))
        #expect(
            script.contains(
                " reproduce small slurm.options.partition=gpu --preset synthetic --seeds 3 --logs \(slurm.home.logs.path) "
                    + "--join --threads \"${SLURM_CPUS_ON_NODE:-$(nproc)}\" &\n"))
        try slurm.queue("41|41_2|RUNNING|\(slurm.folder.path)")
        let again = try slurm.launch(words)
        #expect(again.code == 0 && slurm.submitted.count == 1)
        #expect(again.output.hasPrefix("nothing was submitted, as jobs of this table are there: 41_2 RUNNING\n"))
        // Jobs of another preset do other work.
        #expect(try slurm.launch("--script-only").output.hasSuffix("/tables/small/paper/slurm/table.sh\n"))
        #expect(try slurm.launch().output.hasPrefix("submitted: job 42\n"))
    }

    @Test func `says what is missing, and what does not go together`() throws {
        let slurm = try FakeSlurm(tablePreset: "paper")
        let none = try slurm.launch(path: slurm.home.url.path)
        #expect(
            none.code == 69 && none.messages.hasPrefix("error: there is no 'squeue' here: '--launcher slurm' hands the "))
        let planned = try slurm.launch("--plan")
        #expect(planned.code == 64 && planned.messages.contains("'--plan' and '--launcher slurm' do not go together."))
        let useless = try slurm.home.passerby(["reproduce", "small", "--add"])
        #expect(useless.code == 64 && useless.messages.contains("'--add' needs '--launcher slurm'."))
        let misspelt = try slurm.launch("slurm.options.array=1-9")
        #expect(misspelt.code == 64 && misspelt.messages.contains("slurm.options.array: the launcher says 'array' itself"))
    }
}

@Suite struct `A sweep and a table on a real Slurm` {
    /// One job of the sweep is queued again while it trains, and another is warned of its end.
    @Test func `come to what they do without`() throws {
        let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("scripts")
        let process = Process()
        process.executableURL = scripts.appendingPathComponent("check-slurm")
        process.arguments = [try TemporaryHome.program().path]
        let messages = FileManager.default.temporaryDirectory.appendingPathComponent("slurm-\(UUID().uuidString)")
        try Data().write(to: messages)
        defer { try? FileManager.default.removeItem(at: messages) }
        process.standardError = try FileHandle(forWritingTo: messages)
        process.standardOutput = FileHandle.nullDevice
        try runWithSignals(process)
        process.waitUntilExit()
        let text = try String(contentsOf: messages, encoding: .utf8)
        if process.terminationStatus == 69 {
            #if compiler(>=6.3)
            try Test.cancel("\(text.trimmingCharacters(in: .newlines))")
            #else
            print("skipped: \(text)")
            return
            #endif
        }
        #expect(process.terminationStatus == 0, "\(text)")
    }
}

/// Starts a process that signals can reach: tests run on threads that block them, and processes inherit that.
func runWithSignals(_ process: Process) throws {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
}
