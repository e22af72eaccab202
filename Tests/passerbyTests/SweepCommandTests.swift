// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Pipeline
import Testing

@testable import passerby

@Suite(.serialized) struct `passerby sweep` {
    /// Its process is ended with SIGKILL after each of the first three trials has begun.
    @Test func `ends after three kills with the trials of a sweep in peace, none run twice`() throws {
        let peace = try SweepHome()
        let whole = try peace.sweep()
        #expect(whole.code == 0, "\(whole.messages)")
        #expect(whole.report.trials.map(\.state) == ["complete", "complete", "complete", "complete"])
        #expect(whole.report.trials.compactMap(\.rank) == [1, 2, 3, 4])
        let killed = try SweepHome()
        for count in 1...3 { try kill(killed, whenBegun: count) }
        let (code, report, messages) = try killed.sweep()
        #expect(code == 0, "\(messages)")
        #expect(report.trials.map(\.overrides) == whole.report.trials.map(\.overrides))
        #expect(report.trials.map(\.value) == whole.report.trials.map(\.value))
        #expect(report.trials.map(\.rank) == whole.report.trials.map(\.rank))
        // One run a trial, however often it was gone on with.
        #expect(try killed.runs().count == 4)
        let again = try killed.sweep()
        #expect(again.code == 0 && again.report.trials.map(\.value) == report.trials.map(\.value))
        #expect(try killed.runs().count == 4)
    }

    /// A process with a thread each, whatever the order in which they come to it.
    @Test func `comes to the same with two workers`() throws {
        let (one, two) = (try SweepHome("budget: {trials: 3}"), try SweepHome("budget: {trials: 3}"))
        let alone = try one.sweep()
        let (code, report, messages) = try two.sweep(["--threads", "2", "--workers", "2"])
        #expect(code == 0, "\(messages)")
        #expect(report.trials.map(\.number) == alone.report.trials.map(\.number))
        #expect(report.trials.map(\.value) == alone.report.trials.map(\.value))
        #expect(report.trials.map(\.overrides) == alone.report.trials.map(\.overrides))
        #expect(try two.runs().count == 3)
    }

    /// With rates of 10⁻¹² nothing is learnt, and the first two trials have learnt something by their second epoch.
    @Test func `gives up what is not among the best`() throws {
        let sweep = try SweepHome(
            "pruner: {asha: {stage: direct, reduction: 2, first: 2}}",
            space: "direct.rate: [1.0e-3, 2.0e-3, 1.0e-12, 1.1e-12]", epochs: 8)
        let (code, report, messages) = try sweep.sweep()
        #expect(code == 0, "\(messages)")
        let pruned = report.trials.filter { $0.state == "pruned" }
        #expect(!pruned.isEmpty && pruned.allSatisfy { $0.rank == nil && $0.value == nil }, "\(messages)")
        #expect(report.trials.first?.rank == 1 && report.trials.count == 4)
        let again = try sweep.sweep()
        #expect(again.report.trials.map(\.state) == report.trials.map(\.state))
    }

    private func kill(_ sweep: SweepHome, whenBegun count: Int) throws {
        let process = Process()
        process.executableURL = try TemporaryHome.program()
        process.arguments = ["sweep", "rates", "--threads", "1"]
        process.currentDirectoryURL = sweep.home.url
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PASSERBY_HOME": sweep.home.url.path, "XDG_CACHE_HOME": sweep.home.url.path]) { $1 }
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Until as many trials have a run's folder: their processes are at work then, and outlive this one by a moment.
        while try process.isRunning && sweep.runs().count < count { usleep(10_000) }
        #expect(process.isRunning)
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// A batch of 8 cannot be made up of threes, nor one of 9 of twos; but of the others each can.
    @Test func `shows a trial that fails, and goes on with the others`() throws {
        let sweep = try SweepHome(
            "sampler: random\nbudget: {trials: 4}\nseeds: [1, 2]",
            space: "direct.batch: [8, 9], direct.instances: [2, 3]")
        let (code, report, messages) = try sweep.sweep()
        #expect(code == 0, "\(messages)")
        let failed = report.trials.filter { $0.state == "failed" }
        let sound = report.trials.filter { $0.state == "complete" }
        #expect(
            Set(failed.flatMap(\.overrides)) == [
                "direct.batch=8", "direct.batch=9", "direct.instances=2", "direct.instances=3",
            ])
        #expect(failed.count == 2 && sound.count == 2 && sound.allSatisfy { $0.replicas.keys.sorted() == ["1", "2"] })
        #expect(failed.allSatisfy { $0.error?.contains("holds no whole number of identities") == true })
        #expect(messages.contains("direct.batch: a batch of 8 holds no whole number of identities with 3 images each"))
        let best = try sweep.home.passerby(["sweep", "best", "rates"])
        let varied = sound[0].overrides.joined(separator: " ") + "\n"
        #expect(
            String(decoding: best.output, as: UTF8.self)
                == "direct.epochs=1 direct.iterations=3 direct.evaluate_every=1 \(varied)")
        let alone = try sweep.home.passerby(["sweep", "best", "rates", "--varied-only"])
        #expect(String(decoding: alone.output, as: UTF8.self) == varied)
        let status = try sweep.home.passerby(["sweep", "status", "rates"])
        #expect(String(decoding: status.output, as: UTF8.self).contains("2 complete, 2 failed\n"))
        let table = try sweep.home.passerby(["sweep", "status", "rates", "--format", "csv"])
        let lines = String(decoding: table.output, as: UTF8.self).split(separator: "\r\n")
        #expect(
            lines.first == "rank,trial,state,mAP,deviation,seconds,direct.batch,direct.instances,folder"
                && lines.count == 5)
        let page = sweep.folder.appendingPathComponent("sweep.html")
        #expect(try String(contentsOf: page, encoding: .utf8).contains("holds no whole number of identities"))
        try FileManager.default.removeItem(at: page)
        let written = try sweep.home.passerby(["sweep", "report", "rates"])
        #expect(written.code == 0 && String(decoding: written.output, as: UTF8.self).hasSuffix("/sweep.html\n"))
        #expect(FileManager.default.fileExists(atPath: page.path))
    }

    /// Two of the four points fail, so that one of them is among the first three.
    @Test func `begins no other trial after as many failures as it is told, and failed ones again when told`() throws {
        let drawn = try SweepHome(
            "sampler: random\nbudget: {trials: 4}", space: "direct.batch: [8, 9], direct.instances: [2, 3]")
        let stopped = try drawn.sweep(["--fail-fast", "1"])
        #expect(stopped.code == 75)
        let states = Set(stopped.report.trials.map(\.state))
        #expect(states.contains("failed") && stopped.messages.contains("; the same command goes on\n"))
        #expect(
            stopped.messages.contains(
                "error: no other trial is begun after 1 failure, as --fail-fast says; their reasons are above\n"))
        #expect(FileManager.default.fileExists(atPath: drawn.folder.appendingPathComponent("sweep.html").path))
        let begun = stopped.messages.matches(of: /trial \d of 4 [0-9a-f]{12}:/).count
        #expect(stopped.messages.contains("trial \(begun) of 4 failed: ") && begun < 4, "\(stopped.messages)")
        let whole = try drawn.sweep()
        #expect(
            whole.code == 0 && whole.report.trials.map(\.state).sorted() == ["complete", "complete", "failed", "failed"])
        // The second failure is the last of all trials: nothing is left that could go on.
        let again = try drawn.sweep(["--retry", "--fail-fast", "2"])
        #expect(again.code == 0 && again.messages.contains("sweep rates: begins 2 failed trials again\n"))
        #expect(try drawn.sweep().report.trials.map(\.overrides) == whole.report.trials.map(\.overrides))
        #expect(try drawn.runs().count == 2)
    }

    @Test func `ranks no trials of different data`() throws {
        let sweep = try SweepHome("sampler: grid")
        let world = sweep.home.url.appendingPathComponent("world")
        let sizes = [
            "--source-identities", "6", "--source-images", "6", "--target-identities", "6", "--width", "32", "--height",
            "32",
        ]
        #expect(try sweep.home.passerby(["data", "synth", world.path] + sizes).code == 0)
        let file = sweep.home.url.appendingPathComponent("experiments/small.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let settings = try #require(text.range(of: "image: {"))
        try "data: {location: {folder: ../world}}\n\(text[settings.lowerBound...])"
            .write(to: file, atomically: true, encoding: .utf8)
        #expect(try sweep.sweep(["budget.trials=1"]).code == 0)

        let images = world.appendingPathComponent("personX/image_train")
        let names = try FileManager.default.contentsOfDirectory(atPath: images.path).filter { $0.hasSuffix(".jpg") }.sorted()
        let (first, last) = (try #require(names.first), try #require(names.last))
        let kept = try Data(contentsOf: images.appendingPathComponent(first))
        try Data(contentsOf: images.appendingPathComponent(last)).write(to: images.appendingPathComponent(first))
        let changed = try sweep.sweep(["budget.trials=2"])
        #expect(changed.code == 65)
        #expect(changed.messages.contains("and their values cannot be ranked: data: the images differ. Put the data back"))

        // The run on other data is named first.
        try kept.write(to: images.appendingPathComponent(first))
        let other = try #require(changed.messages.firstMatch(of: /error: \S*logs\/(\S+): computed on other data/)).output.1
        #expect(try sweep.home.passerby(["runs", "rm", String(other)]).code == 0)
        let whole = try sweep.sweep(["budget.trials=2"])
        #expect(whole.code == 0 && whole.report.trials.map(\.state) == ["complete", "complete"])
    }

    @Test func `begins nothing that cannot be`() throws {
        let sweep = try SweepHome(space: "direct.rat: [1.0e-3]")
        let misspelt = try sweep.sweep()
        #expect(misspelt.code == 64)
        #expect(misspelt.messages.contains("experiments/sweeps/rates.yaml:3:9: direct.rat: unknown key 'rat'; allowed: "))
        #expect(misspelt.messages.contains("(did you mean 'rate'?)"))
        let unknown = try sweep.home.passerby(["sweep", "rate"])
        #expect(unknown.code == 64)
        #expect(
            unknown.messages.contains(
                "no sweep 'rate': there is no file experiments/sweeps/rate.yaml; did you mean 'rates'? known are rates, or"))
        let early = try sweep.home.passerby(["sweep", "status", "rates"])
        #expect(early.code == 64 && early.messages.contains("no trial of 'rates' was begun"))
        let file = "experiments/sweeps/rates.yaml"
        let byFile = try sweep.home.passerby(["sweep", "status", file])
        #expect(byFile.messages.hasSuffix("; 'passerby sweep \(file)' begins it\n"), "\(byFile.messages)")
        #expect(!FileManager.default.fileExists(atPath: sweep.home.logs.path))
    }

    @Test func `stops where no trial can be ranked, and goes on when that is mended`() throws {
        let sweep = try SweepHome("objective: {row: adapted}\nbudget: {trials: 1}")
        let first = try sweep.sweep()
        #expect(first.code == 64)
        #expect(first.messages.contains("no row 'adapted' to rank trials by; its rows are 'direct transfer'"))
        let mended = try sweep.sweep(["objective.row=direct transfer"])
        #expect(mended.code == 0, "\(mended.messages)")
        #expect(try sweep.runs().count == 1)
        let changed = try sweep.sweep(["objective.row=direct transfer", "seed=3"])
        #expect(changed.code == 64 && changed.messages.contains("seed: 1 on record, 3 asked for"), "\(changed.messages)")
    }
}
