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

/// The arguments that name an experiment.
struct ExperimentArguments: ParsableArguments {
    @Argument(help: "An experiment: experiments/NAME.yaml, or the path of a YAML file.")
    var name: String

    @Argument(
        help: ArgumentHelp(
            "Values that replace the file's, such as seed=2 or adapt.epochs=10.", valueName: "key=value"))
    var replacements: [String] = []

    @Option(help: ArgumentHelp("Compute on auto, cpu, cuda or cuda:1; the same as device=cuda.", valueName: "device"))
    var device: String?

    /// All values that replace the file's.
    var overrides: [String] { replacements + (device.map { ["device=\($0)"] } ?? []) }

    /// The resolved experiment.
    func experiment() throws -> Experiment {
        let (path, name) = try file()
        return try Experiment(path: path, name: name, overrides: overrides)
    }

    /// The experiment with the places that it needs.
    func launch() throws -> Launch {
        Launch(
            try experiment(), dataFolder: Home().data.path, weightFolders: Home().weightFolders,
            cacheFolder: Home().cache + "/decoded", memoryFolder: Home().checks, output: StandardError())
    }

    /// Where its fields are written.
    func places() throws -> FieldPlaces {
        try FieldPlaces(path: file().path, overrides: overrides)
    }

    /// The file, shown relative to the current folder where it lies below it, and the name for its runs.
    private func file() throws -> (path: String, name: String) {
        let manager = FileManager.default
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            guard manager.fileExists(atPath: name) else { throw unknown(looked: name) }
            // A past run's file: its new run belongs to the same experiment.
            let folder = RunFolder(url: URL(fileURLWithPath: name).deletingLastPathComponent())
            let past = try? folder.plan().experiment
            return (name, past ?? ((name as NSString).lastPathComponent as NSString).deletingPathExtension)
        }
        let file = Home().experiments.appendingPathComponent("\(name).yaml")
        guard manager.fileExists(atPath: file.path) else { throw unknown(looked: shown(file)) }
        return (shown(file), name)
    }

    private func shown(_ file: URL) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        let path = file.standardizedFileURL.path
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    private func unknown(looked: String) -> CommandError {
        let folder = Home().experiments
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let known = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
        return .unknownExperiment(name: name, looked: looked, known: known)
    }
}
