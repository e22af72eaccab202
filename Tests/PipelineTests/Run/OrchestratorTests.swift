// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `An orchestrated run` {
    let scratch: Scratch
    var counting: Counting

    init() throws {
        scratch = try Scratch()
        counting = try Counting()
    }

    @Test func `runs the stages in order and writes what the contract names`() throws {
        let folder = try counting.create(in: scratch.url)
        let result = try counting.orchestrator(folder).run()
        #expect(result.status == .completed)
        #expect(result.stages.map(\.name) == ["translate", "pretrain", "adapt"])
        #expect(result.stages.map { $0.metrics["sum"] } == [6, 9, 10])
        #expect(try folder.result() == result)
        #expect(
            names(in: folder.url).filter { !$0.hasPrefix("events.out") }
                == ["events.jsonl", "experiment.yaml", "plan.json", "result.json", "stages"])
        #expect(names(in: folder.url).filter { $0.hasPrefix("events.out.tfevents.") }.count == 1)
        #expect(names(in: folder.stageFolder("adapt")) == ["manifest.json", "sum.txt"])
        #expect(try text(folder.stageFolder("adapt").appendingPathComponent("sum.txt")) == "10")
    }

    @Test func `writes result.json in the published shape`() throws {
        let folder = try counting.create(in: scratch.url)
        _ = try counting.orchestrator(folder, until: "translate").run()
        #expect(
            try text(folder.resultFile) == """
                {
                  "experiment" : "count",
                  "final" : {
                    "mAP" : 0.06,
                    "top1" : 0.5,
                    "top10" : 1,
                    "top5" : 0.75
                  },
                  "rows" : [
                    {
                      "mAP" : 0.06,
                      "name" : "translate",
                      "top1" : 0.5,
                      "top10" : 1,
                      "top5" : 0.75
                    }
                  ],
                  "run" : "\(folder.run)",
                  "stages" : [
                    {
                      "method" : "count",
                      "metrics" : {
                        "sum" : 6
                      },
                      "name" : "translate",
                      "reused" : false,
                      "seconds" : 0
                    }
                  ],
                  "status" : "stopped"
                }

                """)
    }

    @Test func `says whose a row is that is called as an earlier stage's`() throws {
        let folder = try counting.create(in: scratch.url)
        let stages = counting.stages.map { stage in
            var stage = stage
            stage.rowName = stage.plan.name == "translate" ? "before" : "trained"
            return stage
        }
        let result = try Orchestrator(
            plan: counting.plan, runFolder: folder, stages: stages, output: Recorder(), interruption: Interruption(),
            clock: ManualTime().clock
        ).run()
        #expect(result.rows.map(\.name) == ["before", "trained", "trained (adapt)"])
        #expect(result.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }

    @Test func `tells whoever asks after every stage, and when it is left`() throws {
        var counting = try Counting()
        counting.at = { if $0 == "adapt begins" { throw Killed() } }
        let folder = try counting.create(in: scratch.url)
        var told: [String] = []
        let orchestrator = counting.orchestrator(folder) {
            let result = try? folder.result()
            told.append("\(result?.status.rawValue ?? "none") \(result?.stages.map(\.name).joined(separator: " ") ?? "")")
        }
        #expect(throws: Killed.self) { try orchestrator.run() }
        #expect(told == ["running translate", "running translate pretrain", "failed translate pretrain"])
    }

    @Test func `goes on after the stage named by until`() throws {
        let folder = try counting.create(in: scratch.url)
        let first = try counting.orchestrator(folder, until: "pretrain").run()
        #expect(first.status == .stopped && first.stages.count == 2)
        let second = try counting.orchestrator(folder).run()
        #expect(second.status == .completed && second.stages.count == 3)
    }

    @Test func `names the stages there are when until names another`() throws {
        let folder = try counting.create(in: scratch.url)
        let error = #expect(throws: PipelineError.self) {
            try counting.orchestrator(folder, until: "adopt").run()
        }
        #expect(error?.description == "no stage 'adopt'; the stages are translate, pretrain, adapt")
        #expect(!exists(folder.resultFile))
    }

    @Test mutating func `does not run a finished stage again`() throws {
        let folder = try counting.create(in: scratch.url)
        _ = try counting.orchestrator(folder).run()
        counting.at = { moment in Issue.record("ran: \(moment)") }
        let output = Recorder()
        let again = try counting.orchestrator(folder, output: output).run()
        #expect(again.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
        #expect(
            output.text == """
                translate  already finished in this run (0 s)
                pretrain  already finished in this run (0 s)
                adapt  already finished in this run (0 s)

                """)
    }

    @Test func `hands its stages the policy for checkpoints`() throws {
        let policy = CheckpointPolicy(newestCount: 5, interval: 60)
        struct Asking: Stage {
            let plan: StagePlan
            let expected: CheckpointPolicy
            func run(in scope: StageScope) throws -> StageOutcome {
                #expect(scope.checkpoints.policy == expected && scope.checkpoints.part("a").policy == expected)
                #expect(!scope.checkpoints.isDue())
                try Data().write(to: URL(fileURLWithPath: scope.artefact("sum.txt")))
                return StageOutcome()
            }
        }
        let folder = try counting.create(in: scratch.url)
        let stages = counting.plan.stages.map { Asking(plan: $0, expected: policy) }
        let result = try Orchestrator(
            plan: counting.plan, runFolder: folder, stages: stages, checkpoints: policy, output: Recorder()
        ).run()
        #expect(result.status == .completed)
    }

    @Test mutating func `does not touch a run that another process has taken over`() throws {
        let folder = try counting.create(in: scratch.url)
        counting.at = { if $0 == "translate epoch 1" { throw PipelineError.lockLost(path: "/run.lock") } }
        let error = #expect(throws: PipelineError.lockLost(path: "/run.lock")) {
            try counting.orchestrator(folder).run()
        }
        #expect(
            error?.description == """
                /run.lock: another process has taken this over, as this one gave no sign of life for too long. \
                Continue with --resume once it is done
                """)
        #expect(try folder.result()?.status == .running && folder.result()?.error == nil)
    }

    @Test func `fails when a stage leaves out what it promised, and says which`() throws {
        struct Forgetful: Stage {
            let plan: StagePlan
            func run(in scope: StageScope) throws -> StageOutcome { StageOutcome() }
        }
        let folder = try counting.create(in: scratch.url)
        let stages = counting.plan.stages.map(Forgetful.init)
        let error = #expect(throws: PipelineError.self) {
            try Orchestrator(plan: counting.plan, runFolder: folder, stages: stages, output: Recorder()).run()
        }
        #expect(
            error?.description
                == "stage 'translate' ended without writing 'sum.txt', which its plan promises")
        let result = try folder.result()
        #expect(result?.status == .failed && result?.error == error?.description)
        #expect(!exists(folder.stageFolder("translate").appendingPathComponent("manifest.json")))
    }
}

@Suite struct `A resumed run` {
    /// Every moment at which a counting stage can be killed.
    static let moments = Counting.epochs.keys.sorted().flatMap { stage in
        ["\(stage) begins", "\(stage) ends"]
            + (0..<Counting.epochs[stage, default: 0]).flatMap { epoch in
                ["\(stage) epoch \(epoch)", "\(stage) saves \(epoch)"]
            }
    }
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test(arguments: moments)
    func `ends as if it had not been killed, and repeats no epoch that was saved`(moment: String) throws {
        var counting = try Counting()
        let whole = try counting.create(in: scratch.url.appendingPathComponent("whole"))
        let expected = try counting.orchestrator(whole).run()

        let folder = try counting.create(in: scratch.url.appendingPathComponent("killed"))
        counting.at = { if $0 == moment { throw Killed() } }
        #expect(throws: Killed.self) { try counting.orchestrator(folder).run() }
        #expect(try folder.result()?.status == .failed)

        let seen = Seen()
        counting.at = { seen.moments.append($0) }
        let found = try counting.orchestrator(
            RunFolder.resumable(
                in: scratch.url.appendingPathComponent("killed"), plan: counting.plan)
        ).run()
        #expect(found.rows == expected.rows && found.status == .completed)
        #expect(seen.moments.first?.hasPrefix(moment.split(separator: " ")[0]) == true)
        let saved = seen.moments.filter { $0.contains("saves") }
        #expect(Set(saved).count == saved.count)
        for stage in Counting.epochs.keys {
            let manifest = "stages/\(stage)/sum.txt"
            #expect(
                try ContentDigest(of: folder.url.appendingPathComponent(manifest))
                    == ContentDigest(of: whole.url.appendingPathComponent(manifest)))
        }
    }

    @Test func `starts at the epoch after its last checkpoint`() throws {
        var counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        counting.at = { if $0 == "translate epoch 2" { throw Killed() } }
        #expect(throws: Killed.self) { try counting.orchestrator(folder).run() }
        let seen = Seen()
        counting.at = { seen.moments.append($0) }
        _ = try counting.orchestrator(folder, until: "translate").run()
        #expect(
            seen.moments
                == ["translate begins", "translate epoch 2", "translate saves 2", "translate ends"])
    }

    @Test func `takes nothing half-written for finished`() throws {
        let counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        let stage = folder.stageFolder("translate")
        // What a kill leaves between the rename of the artefacts and the manifest, and during the latter.
        try DurableFile.makeFolders(stage.appendingPathComponent(".partial"))
        try Data("999".utf8).write(to: stage.appendingPathComponent("sum.txt"))
        try Data("99".utf8).write(to: stage.appendingPathComponent(".partial/sum.txt"))
        try Data("{".utf8).write(to: stage.appendingPathComponent(".manifest.json.partial"))
        let result = try counting.orchestrator(folder).run()
        #expect(result.stages.map { $0.metrics["sum"] } == [6, 9, 10])
        #expect(names(in: stage) == ["manifest.json", "sum.txt"])
        #expect(try text(stage.appendingPathComponent("sum.txt")) == "6")
    }

    @Test(arguments: [
        ("sum.txt", "7", "lists 'sum.txt' with another digest than the file's"),
        ("sum.txt", nil, "lists 'sum.txt', which is gone"),
        ("manifest.json", "{\"format\": 1", "not valid"),
        ("manifest.json", "{\"format\": 1}", "key 'stage' is missing"),
    ])
    func `runs a stage again whose files are not those of its manifest, and says so`(
        name: String, content: String?, reason: String
    ) throws {
        let counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        _ = try counting.orchestrator(folder, until: "translate").run()
        let file = folder.stageFolder("translate").appendingPathComponent(name)
        try FileManager.default.removeItem(at: file)
        if let content { try Data(content.utf8).write(to: file) }
        let output = Recorder()
        _ = try counting.orchestrator(folder, until: "translate", output: output).run()
        let manifest = folder.stageFolder("translate").appendingPathComponent("manifest.json").path
        #expect(
            output.text == """
                warning: \(manifest): \(reason); running the stage again
                translate  done in 0 s

                """)
        #expect(try text(folder.stageFolder("translate").appendingPathComponent("sum.txt")) == "6")
    }

    @Test func `stops after a checkpoint when a signal asks, and goes on from there`() throws {
        var counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        let interruption = Interruption()
        counting.at = { if $0 == "translate saves 1" { interruption.request(.terminate) } }
        let output = Recorder()
        #expect(throws: Interrupted(signal: .terminate)) {
            try counting.orchestrator(folder, output: output, interruption: interruption).run()
        }
        #expect(output.text == "translate  interrupted by SIGTERM\n")
        #expect(try folder.result()?.status == .interrupted)
        #expect(!exists(folder.lockFile))
        let seen = Seen()
        counting.at = { seen.moments.append($0) }
        #expect(try counting.orchestrator(folder).run().rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
        #expect(seen.moments.prefix(2) == ["translate begins", "translate epoch 2"])
    }

    @Test func `names a full disk, wherever a stage met it, and goes on when there is space`() throws {
        var counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        counting.at = { moment in
            guard moment == "pretrain saves 1" else { return }
            throw CocoaError(.fileWriteOutOfSpace, userInfo: [NSFilePathErrorKey: "/run/state"])
        }
        #expect(throws: PipelineError.diskFull(path: "/run/state")) {
            try counting.orchestrator(folder).run()
        }
        let result = try folder.result()
        #expect(result?.status == .failed && result?.stages.map(\.name) == ["translate"])
        #expect(
            result?.error
                == "/run/state: no space left on the device. Free some and continue with --resume")
        counting.at = { _ in }
        #expect(try counting.orchestrator(folder).run().rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }

    @Test func `shows what was known while it looks through the stages that are done`() throws {
        var counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        let before = try counting.orchestrator(folder, until: "pretrain").run()
        let manifest = folder.stageFolder("translate").appendingPathComponent("manifest.json")
        try FileManager.default.removeItem(at: manifest)
        counting.at = { moment in
            guard moment == "translate begins" else { return }
            let shown = try folder.result()
            #expect(shown?.status == .running && shown?.rows == before.rows)
        }
        #expect(try counting.orchestrator(folder).run().status == .completed)
    }

    @Test func `leaves a run alone in which another process works`() throws {
        let counting = try Counting()
        let folder = try counting.create(in: scratch.url)
        let run = RunName(experiment: "count", run: folder.run)
        let lock = try ProcessLock(folder.lockFile, run: run, now: 5)
        let error = #expect(throws: PipelineError.self) { try counting.orchestrator(folder).run() }
        #expect(
            error?.description == """
                \(folder.lockFile.path): in use by process \(getpid()) on \(ThisProcess.host) \
                since 1970-01-01 00:00:05 UTC for run count/\(folder.run); \(remedy)
                """)
        #expect(!exists(folder.resultFile))
        withExtendedLifetime(lock) {}
    }
}

/// The moments that a run went through.
final class Seen {
    var moments: [String] = []
}
