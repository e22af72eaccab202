// SPDX-License-Identifier: MIT

import Foundation
import Synchronization

@testable import Pipeline

/// A folder of its own for a test, removed with the value.
final class Scratch {
    let url: URL

    /// - Parameter isInMemory: Whether it lies in memory where that can be, for tests that flush thousands of times.
    init(isInMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let hasMemory = isInMemory && FileManager.default.isWritableFile(atPath: memory.path)
        let parent = hasMemory ? memory : FileManager.default.temporaryDirectory
        url = parent.appendingPathComponent("pipeline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

func names(in folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
}

/// Looks at files as somebody does to whom they do not belong: a superuser may read everything.
func withoutRights<Result>(_ body: () throws -> Result) rethrows -> Result {
    // Of this thread alone; no header that Swift sees has it.
    typealias Change = @convention(c) (uid_t) -> Int32
    guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return try body() }
    let change = unsafeBitCast(symbol, to: Change.self)
    _ = change(65534)
    defer { _ = change(0) }
    return try body()
}

/// A clock that a test sets.
final class ManualTime: Sendable {
    private let bits = Atomic<UInt64>(0)

    var seconds: Double {
        get { Double(bitPattern: bits.load(ordering: .relaxed)) }
        set { bits.store(newValue.bitPattern, ordering: .relaxed) }
    }

    /// 2026-01-31 09:45:00 UTC and the set seconds.
    /// Waiting takes no time, but is seen on it.
    var clock: RunClock {
        RunClock(
            now: { 1_769_852_700 + self.seconds }, uptime: { self.seconds }, sleep: { self.seconds += $0 })
    }
}

/// An output that keeps what was written, by one thread at a time.
final class Recorder: ProgressOutput, @unchecked Sendable {
    let style: LogStyle
    var columns: Int?
    let usesColour: Bool
    var text = ""
    /// Sees every text that is written.
    private let watch: (String) -> Void

    init(
        style: LogStyle = .auto, columns: Int? = nil, usesColour: Bool = false,
        watch: @escaping (String) -> Void = { _ in }
    ) {
        self.style = style
        self.columns = columns
        self.usesColour = usesColour
        self.watch = watch
    }

    func write(_ text: String) {
        self.text += text
        watch(text)
    }
}

/// The end of a fake process: thrown where a kill would strike.
struct Killed: Error, Equatable {}

/// The figures that counting stages report, in percent.
enum Score {
    static let columns = [column("mAP", "mAP"), column("top1", "top-1")]

    private static func column(_ name: String, _ heading: String) -> FigureColumn {
        FigureColumn(name, heading: heading) { String(format: "%.1f", 100 * $0) }
    }
}

/// A stage that counts: each epoch adds the epoch's number to a sum that starts from its input's artefact.
struct CountingStage: Stage {
    let plan: StagePlan
    let epochs: Int
    /// What its row is called; nil for its own name.
    var rowName: String?
    /// Called with a name at every moment that matters; throws to be killed there.
    var at: (String) throws -> Void = { _ in }

    func run(in scope: StageScope) throws -> StageOutcome {
        try at("\(plan.name) begins")
        var sum = 0
        for input in plan.inputs where input != StagePlan.data {
            sum += try Int(String(contentsOfFile: scope.input(input, "sum.txt"), encoding: .utf8)) ?? -1000
        }
        var first = 0
        if let last = try scope.checkpoints.latest() {
            sum = try Int(String(contentsOfFile: last.path, encoding: .utf8)) ?? -1000
            first = last.epoch + 1
        }
        for epoch in first..<epochs {
            try at("\(plan.name) epoch \(epoch)")
            sum += epoch + 1
            try scope.events.record(epoch: epoch, name: "sum", value: Double(sum))
            try scope.checkpoints.save(epoch: epoch) { path in
                try String(sum).write(toFile: path, atomically: false, encoding: .utf8)
                try at("\(plan.name) saves \(epoch)")
            }
            try scope.checkInterruption()
        }
        try String(sum).write(toFile: scope.artefact("sum.txt"), atomically: false, encoding: .utf8)
        try at("\(plan.name) ends")
        let row = ResultRow(
            name: rowName ?? plan.name, figures: ["mAP": Double(sum) / 100, "top1": 0.5, "top5": 0.75, "top10": 1])
        return StageOutcome(metrics: ["sum": Double(sum)], rows: [row])
    }
}

/// Three counting stages in a row: 1 + 2 + 3 = 6, then 6 + 1 + 2 = 9, then 9 + 1 = 10.
struct Counting {
    static let epochs = ["translate": 3, "pretrain": 2, "adapt": 1]
    let plan: Plan
    let epochs: [String: Int]
    var at: (String) throws -> Void = { _ in }

    init(experiment: String = "count", seed: UInt64 = 1, epochs: [String: Int] = Counting.epochs) throws {
        self.epochs = epochs
        var before = StagePlan.data
        var stages: [StagePlan] = []
        for name in ["translate", "pretrain", "adapt"] {
            let settings: JSONValue = ["epochs": .integer(epochs[name, default: 0])]
            stages.append(
                StagePlan(
                    name: name, method: "count", settings: settings, inputs: [before],
                    outputs: [Artefact(name: "sum.txt", kind: .document)]))
            before = name
        }
        let data = ContentDigest(of: "three pictures")
        plan = try Plan(experiment: experiment, seed: seed, dataDigest: data, stages: stages)
    }

    func create(in logs: URL, now: Double = 0) throws -> RunFolder {
        try RunFolder.create(in: logs, plan: plan, experiment: "seed: 1\n", now: now)
    }

    var stages: [CountingStage] {
        plan.stages.map { CountingStage(plan: $0, epochs: epochs[$0.name, default: 0], at: at) }
    }

    func orchestrator(
        _ folder: RunFolder, until: String? = nil, sharing: StageSharing? = nil, output: Recorder = Recorder(),
        interruption: Interruption = Interruption(), told: @escaping () -> Void = {}, time: ManualTime = ManualTime()
    ) -> Orchestrator {
        Orchestrator(
            plan: plan, runFolder: folder, stages: stages, until: until, sharing: sharing, output: output,
            interruption: interruption, told: told, clock: time.clock)
    }
}

extension Counting {
    /// A run from its beginning, in a folder of its own.
    @discardableResult
    func run(
        in logs: URL, now: Double = 0, isFresh: Bool = false, whenBusy: StageSharing.WhenBusy = .leave,
        output: Recorder = Recorder(), time: ManualTime = ManualTime()
    ) throws -> (folder: RunFolder, result: RunResult) {
        let folder = try create(in: logs, now: now)
        let sharing = StageSharing(store: StageStore(logs: logs), isFresh: isFresh, whenBusy: whenBusy)
        return (folder, try orchestrator(folder, sharing: sharing, output: output, time: time).run())
    }

    func key(_ stage: String) throws -> StageKey { plan.key(of: try plan.stage(named: stage)) }
}

/// The number under which the device knows a file.
func inode(_ url: URL) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: url.path)[.systemFileNumber] as? Int
}

/// What the message about a lock advises.
let remedy = "wait for it. Once it is gone, the same command takes over, within a few minutes"
