// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline

/// The folders that commands work in: those of the repository that the launcher belongs to, else the current one.
struct Home {
    let folder: URL

    /// How the program was called, for hints that can be copied.
    let command: String

    init() {
        let environment = ProcessInfo.processInfo.environment
        folder = URL(fileURLWithPath: environment["PASSERBY_HOME"] ?? ".")
        command = environment["PASSERBY_COMMAND"] ?? CommandLine.arguments[0]
    }

    var experiments: URL { folder.appendingPathComponent("experiments") }
    var data: URL { folder.appendingPathComponent("data") }
    var logs: URL { folder.appendingPathComponent("logs") }
    /// The user's folder for what can be made again.
    var cache: String {
        (ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache") + "/passerby"
    }
    /// Where it is remembered what the files of datasets hold.
    var checks: String { cache + "/checks" }
    /// Where published weights may lie.
    var weightFolders: [String] {
        InitialWeights.usualFolders(logs: logs.path, environment: ProcessInfo.processInfo.environment)
    }
}

/// The argument that says where the runs are.
struct LogsArgument: ParsableArguments {
    @Option(name: .customLong("logs"), help: "The folder of all runs; logs/ beside the program by default.")
    var path: String?

    var folder: URL { path.map { URL(fileURLWithPath: $0) } ?? Home().logs }

    /// Looks whether a run could be kept there, before any work.
    func checkWritable() throws { try OutputFolder.check(folder, option: "--logs") }
}

/// The option that says what to compute on.
struct DeviceArgument: ParsableArguments {
    @Option(help: ArgumentHelp("Compute on auto, cpu, cuda or cuda:1; the same as device=cuda.", valueName: "device"))
    var device: String?

    /// As values that replace an experiment's.
    var overrides: [String] { device.map { ["device=\($0)"] } ?? [] }
}

/// The arguments that name an experiment.
struct ExperimentArguments: ParsableArguments {
    @Argument(help: "An experiment: experiments/NAME.yaml, or the path of a YAML file.")
    var name: String

    @Argument(
        help: ArgumentHelp(
            "Values that replace the file's, such as seed=2 or adapt.epochs=10.", valueName: "key=value"))
    var replacements: [String] = []

    @OptionGroup var device: DeviceArgument

    /// All values that replace the file's.
    var overrides: [String] { replacements + device.overrides }

    /// The resolved experiment.
    ///
    /// - Parameter other: What its runs are filed under instead of its own name.
    func experiment(filedUnder other: String? = nil) throws -> Experiment {
        let (path, name) = try file()
        return try Experiment(path: path, name: other ?? name, overrides: overrides)
    }

    /// The experiment with the places that it needs.
    ///
    /// - Parameters:
    ///   - name: What its runs are filed under instead of its own name.
    ///   - output: Where it says what it is doing.
    func launch(filedUnder name: String? = nil, output: StandardError = StandardError()) throws -> Launch {
        let experiment = try experiment(filedUnder: name)
        try experiment.settings.device.checkVariable()
        return Launch(
            experiment, dataFolder: Home().data.path, weightFolders: Home().weightFolders,
            cacheFolder: Home().cache + "/decoded", memoryFolder: Home().checks, output: output)
    }

    /// What results say of how they were asked for.
    func request() throws -> RunRequest {
        let path = try file().path
        return RunRequest(
            version: Version.number, revision: Version.revision,
            command: [Home().command] + CommandLine.arguments.dropFirst(), overrides: overrides, file: path,
            fileRevision: Revision(of: URL(fileURLWithPath: path)))
    }

    /// Its settings, resolved, with where each comes from.
    func settings() throws -> SettingsListing {
        SettingsListing(try experiment())
    }

    /// Where its fields are written.
    func places() throws -> FieldPlaces {
        try FieldPlaces(path: file().path, overrides: overrides)
    }

    /// The file, and the name for its runs.
    private func file() throws -> (path: String, name: String) {
        let (path, name) = try ExperimentFolder(Home().experiments, holding: "experiment").file(named: name)
        // A past run's file: its new run belongs to the same experiment.
        let past = try? RunFolder(url: URL(fileURLWithPath: path).deletingLastPathComponent()).plan().experiment
        return (path, past ?? name)
    }
}
