// SPDX-License-Identifier: MIT

public import Foundation

/// The folder `LOGS/EXPERIMENT/RUN/`, which holds everything that is known about one run.
public struct RunFolder: Sendable, Equatable {
    /// The folder.
    public let url: URL

    /// The run's name: when it began (UTC) and four random digits.
    public var run: String { url.lastPathComponent }
    /// The resolved experiment, which can be run again.
    public var experimentFile: URL { url.appendingPathComponent("experiment.yaml") }
    /// The plan; written last when a run is made, so that a folder without it is none.
    public var planFile: URL { url.appendingPathComponent("plan.json") }
    /// One recorded value a line.
    public var eventsFile: URL { url.appendingPathComponent("events.jsonl") }
    /// Where the run stands and what it came to.
    public var resultFile: URL { url.appendingPathComponent("result.json") }
    /// All that as a page to look at.
    public var reportFile: URL { url.appendingPathComponent("report.html") }
    /// The page's pictures, for slides.
    public var reportPictures: URL { url.appendingPathComponent("report") }
    /// What the bits of its results depend on besides its plan.
    public var conditionsFile: URL { url.appendingPathComponent("conditions.json") }
    /// What the process that works on the run is at, while one does.
    var progressFile: URL { url.appendingPathComponent("progress.json") }
    /// The process that works on the run, while one does.
    public var lockFile: URL { url.appendingPathComponent("run.lock") }

    /// The run's name among all runs, where this is its plan.
    func name(in plan: Plan) -> RunName { RunName(experiment: plan.experiment, run: run) }

    /// There where the run reuses nothing, so that it goes on like that after an interruption.
    var freshMark: URL { url.appendingPathComponent(".fresh") }

    /// Whether it is there.
    var isFresh: Bool { DurableFile.lstatSucceeds(freshMark) }

    /// A folder as given; nothing is read.
    public init(url: URL) {
        // In one form, so that one folder is one value: absolute, and ended by a slash.
        self.url = URL(fileURLWithPath: url.path, isDirectory: true)
    }

    /// The folder of one stage.
    public func stageFolder(_ name: String) -> URL {
        url.appendingPathComponent("stages").appendingPathComponent(name)
    }

    /// The folder of pictures that a stage left for people to look at.
    public func samples(of stage: String) -> URL {
        stageFolder(stage).appendingPathComponent(StageFolder.samplesName)
    }

    /// The folder of what a stage's rows are made of.
    public func evidence(of stage: String) -> URL {
        stageFolder(stage).appendingPathComponent(StageFolder.evidenceName)
    }

    /// The plan with which the run was made.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func plan() throws -> Plan {
        try JSONFile.read(Plan.self, from: planFile)
    }

    /// The conditions under which the run was worked on last; nil where none were kept.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func conditions() throws -> RunConditions? {
        DurableFile.lstatSucceeds(conditionsFile) ? try JSONFile.read(RunConditions.self, from: conditionsFile) : nil
    }

    /// The documents that its stages have left: what a person came for.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func documents() throws -> [URL] {
        try plan().stages.flatMap { stage in
            stage.outputs.filter { $0.kind == .document }.map { stageFolder(stage.name).appendingPathComponent($0.name) }
        }.filter(DurableFile.lstatSucceeds)
    }

    /// What a stage came to; nil where it is not done.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func manifest(of stage: String) throws -> StageManifest? {
        let url = stageFolder(stage).appendingPathComponent(StageFolder.manifestName)
        return DurableFile.lstatSucceeds(url) ? try StageManifest.read(from: url) : nil
    }

    /// When the run began, as people read it; nil where its name does not say.
    package var beganText: String? { Self.began(run).map(Self.readableTime) }

    /// What a process that works on the run was at when it last said so; nil where nothing of that can be read.
    var progress: RunProgress? { try? JSONFile.read(RunProgress.self, from: progressFile) }

    /// Where the run stands; nil before its first stage has begun.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)``.
    public func result() throws -> RunResult? {
        DurableFile.lstatSucceeds(resultFile) ? try JSONFile.read(RunResult.self, from: resultFile) : nil
    }
}
