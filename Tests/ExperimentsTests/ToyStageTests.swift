// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Foundation
import Glibc
import Pipeline
import Reporting
import Synchronization
import Tensor
import Testing

@testable import Experiments

/// The methods of experiments in this file.
private enum ToyMethod: MethodList {
    case sum

    var settings: any StageSettings.Type {
        switch self {
        case .sum: SumSettings.self
        }
    }
}

/// Adds the numbers 1, 2, … up, a number an epoch, and a sum that an earlier stage left.
private struct SumSettings: StageSettings {
    static let kind = StageKind.adapt
    static let method = "sum"
    static let meaning = "Adds numbers up."

    var numbers = 3
    var size = 4
    var log = 1
    var from = StageReference.latest

    static var fields: [Field<Self>] {
        [
            .integer("numbers", .result, \.numbers, 1...9, meaning: "How many numbers."),
            .integer("size", [.result, .cost], \.size, 2...64, meaning: "The largest number of numbers."),
            .integer("log", .reporting, \.log, 1...9, meaning: "Nothing that matters."),
            .reference("from", \.from, meaning: "The stage whose sum comes first."),
        ]
    }

    func definition(under rules: StageRules) -> (any StageDefinition)? {
        if numbers > size { rules.report("numbers", "\(numbers) of \(size); allowed: up to 'size'") }
        // Only where one is named: it need not follow anything.
        guard case .named = from else { return SumStage(settings: self, earlier: nil) }
        return rules.networks("from", from).map { SumStage(settings: self, earlier: $0.stage) }
    }
}

private struct SumStage: StageDefinition {
    /// Told of every epoch that is done, on any thread.
    static let epochs = Mutex<@Sendable (Int) throws -> Void>({ _ in })

    let settings: SumSettings
    let earlier: String?

    var inputs: [StageInput] { earlier.map { [StageInput(stage: $0, networks: offer.networks)] } ?? [] }
    var outputs: [Artefact] { [Artefact(name: "sum.txt", kind: .document)] }
    var offer: StageOffer { StageOffer(networks: NetworkSet([])) }
    var begins: Backbone? { nil }
    var isScored: Bool { false }

    func load(_ data: DatasetCounts) -> StageLoad {
        var load = StageLoad()
        load.training = StageLoad.Training(epochs: settings.numbers, iterations: 1, batch: settings.size, batchUnit: 2)
        load.besides.images = Double(data.query)
        return load
    }

    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost {
        StageCost(
            steps: [.init(batch: settings.size, seconds: 2, peakBytes: 100)], secondsPerImage: 0.5, peakBytes: 100,
            stateBytes: 10, networkBytes: 0, matrixRate: 1)
    }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let kept = try scope.checkpoints.latest()
        var sum =
            try kept.map { try Int(String(contentsOfFile: $0.path, encoding: .utf8)) ?? 0 }
            ?? earlier.map { try Int(String(contentsOfFile: scope.input($0, "sum.txt"), encoding: .utf8)) ?? 0 } ?? 0
        for epoch in (kept?.epoch ?? 0)..<settings.numbers {
            sum += epoch + 1
            try scope.checkpoints.save(epoch: epoch + 1) {
                try "\(sum)".write(toFile: $0, atomically: false, encoding: .utf8)
            }
            try Self.epochs.withLock { $0 }(epoch + 1)
            try scope.checkInterruption()
        }
        try "\(sum)".write(toFile: scope.artefact("sum.txt"), atomically: false, encoding: .utf8)
        return StageOutcome(metrics: ["sum": Double(sum)])
    }
}

/// One sum after another.
private let text = """
    data: {location: {synthetic: {source: {identities: 2, images: 2, cameras: 2}}}}
    image: {height: 64, width: 32}
    stages:
      - adapt: {name: first, numbers: 3}
      - adapt: {name: second, numbers: 2, from: first}
    """

private func experiment(_ overrides: [String] = []) throws -> Experiment {
    try Experiment(
        Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides), name: "toy", methods: ToyMethod.self)
}

private func launch(_ folder: URL, _ overrides: [String] = []) throws -> Launch {
    Launch(
        try experiment(overrides), dataFolder: folder.appendingPathComponent("data").path, weightFolders: [],
        cacheFolder: folder.appendingPathComponent("cache").path, output: StandardError())
}

private func run(_ folder: URL, _ start: Launch.Start, _ overrides: [String] = []) throws -> RunResult {
    try launch(folder, overrides).run(
        start, logs: folder.appendingPathComponent("logs"), until: nil, interruption: Interruption(),
        under: ConditionsOffer(threads: 1)
    ).result
}

/// A stage that no production file knows of goes through the same machinery as all others.
@Suite(.serialized) final class `A stage of one's own` {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toy-\(UUID().uuidString)")
    private var logs: URL { folder.appendingPathComponent("logs") }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test func `is planned, and its keys follow its fields' roles`() throws {
        let plan = try experiment().plan(dataDigest: ContentDigest(of: ""))
        #expect(plan.stages.map(\.inputs) == [["data"], ["data", "first"]])
        #expect(plan.stages.map(\.method) == ["sum", "sum"])
        for (override, changed) in [
            ("first.numbers=2", [true, true]), ("second.size=8", [false, true]), ("first.log=2", [false, false]),
        ] {
            let other = try experiment([override]).plan(dataDigest: ContentDigest(of: ""))
            #expect(zip(plan.stages, other.stages).map { plan.key(of: $0) != other.key(of: $1) } == changed, "\(override)")
        }
    }

    @Test(arguments: [
        ("first.numbers=7", "first.numbers: 7 of 4; allowed: up to 'size'"),
        ("second.from=other", "second.from: 'other' is no earlier stage that leaves networks; allowed: first"),
        ("first.epochs=7", "first.epochs: unknown key 'epochs'; allowed: from, log, method, name, numbers, size"),
        ("first.method=mmt+", "first.method: found 'mmt+'; allowed: sum"),
    ])
    func `has its rules and keys reported`(override: String, report: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try experiment([override]) }
        #expect(error?.problems.map { "\($0)" }.first?.hasSuffix(report) == true, "\(String(describing: error))")
    }

    @Test func `comes to the same when it is killed and gone on with`() async throws {
        let whole = folder.appendingPathComponent("whole")
        #expect(try run(whole, .new).stages.map { $0.metrics["sum"] } == [6, 9])
        let killed = folder.appendingPathComponent("killed")
        let path = killed.path
        // The first of two numbers of the second stage, after three of the first.
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let count = Mutex(0)
            SumStage.epochs.withLock {
                $0 = { _ in
                    if count.withLock({
                        $0 += 1; return $0
                    }) == 4 {
                        kill(getpid(), SIGKILL)
                    }
                }
            }
            _ = try run(URL(fileURLWithPath: path), .new)
        }
        let status = try launch(killed).status(.resume, logs: killed.appendingPathComponent("logs"))
        guard case .reuse = status.stages[0].status, case .resume(let point) = status.stages[1].status else {
            Issue.record("\(status)")
            return
        }
        #expect(point.epoch == 1)
        let resumed = try run(killed, .resume)
        #expect(resumed.stages.map { $0.metrics["sum"] } == [6, 9] && resumed.status == .completed)
        #expect(try digests(whole) == digests(killed))
    }

    /// A batch of 14 images in pairs: half of it is three pairs and a half.
    @Test(arguments: [
        (14, "Here second.batch=6 instead of 14 takes about half as much"),
        (3, "Here smaller images with image, or a smaller backbone, take less"),
    ])
    func `is named where memory does not suffice, with a batch of half the size`(size: Int, remedy: String) throws {
        let cause = TensorError.outOfMemory("matmul", shapes: [[2, 3], [3, 4]], reason: "the card has 1 MiB")
        let count = Mutex(0)
        SumStage.epochs.withLock {
            $0 = { _ in
                if count.withLock({
                    $0 += 1; return $0
                }) == 4 {
                    throw cause
                }
            }
        }
        defer { SumStage.epochs.withLock { $0 = { _ in } } }
        let error = #expect(throws: StageError.self) { try run(folder, .new, ["second.size=\(size)"]) }
        #expect(
            error?.description
                == "second (sum): not enough memory for matmul([2, 3], [3, 4]): the card has 1 MiB. Close other programs, or "
                + "choose smaller batches or images; a run that has begun can be continued with --resume. \(remedy)")
        #expect(error?.exitKind == .missing)
        #expect(try run(folder, .resume, ["second.size=\(size)"]).stages.map { $0.metrics["sum"] } == [6, 9])
    }

    private func digests(_ folder: URL) throws -> [ContentDigest] {
        let run = try #require(RunFolder.runs(of: "toy", in: folder.appendingPathComponent("logs")).first)
        return try ["first", "second"].map {
            try ContentDigest(of: run.stageFolder($0).appendingPathComponent("sum.txt"))
        }
    }

    /// 3 steps of 2 s and as many queries of half a second as the world has.
    @Test func `is measured and forecast`() throws {
        let launch = try launch(folder)
        let cache = CalibrationCache(folder: folder.appendingPathComponent("costs"), machine: [:])
        let flight = try launch.flightPlan(.new, logs: logs, cache: cache).flight
        #expect(flight.unmeasured == ["first", "second"])
        try flight.store(launch.rehearse("first", threads: 1) { 0 }, of: "first")
        // Both are of one method and one size: what was measured for one holds for the other.
        #expect(try launch.flightPlan(.new, logs: logs, cache: cache).flight.unmeasured.isEmpty)
        let world = try #require(experiment().settings.data.drawnWorld)
        let queries = 0.5 * Double(DatasetCounts(world).query)
        let seconds = try launch.flightPlan(.new, logs: logs, cache: cache).flight.forecast.stages.mapValues(\.seconds)
        #expect(seconds == ["first": 6 + queries, "second": 4 + queries])
    }

    @Test func `is explained where it would run again`() throws {
        _ = try run(folder, .new)
        let overrides = ["first.numbers=2"]
        let document = try Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides)
        let plan = try launch(folder, overrides).plan()
        let explanation = try plan.explanation(of: "second", logs: logs) { stage, field in
            FieldPlaces(document).place(stage: stage, field: field)
        }
        #expect(explanation.fields.isEmpty && explanation.fieldCount == 1)
        #expect(
            explanation.description.hasSuffix(
                "  the input 'first' differs:\n    settings.adapt.numbers: 3 → 2  (override 'first.numbers=2':1:15)"))
        #expect(
            try launch(folder, ["first.log=5"]).status(.new, logs: logs).stages.allSatisfy {
                if case .reuse = $0.status { true } else { false }
            })
    }
}
