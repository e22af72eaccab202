// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Configuration
internal import Foundation
internal import Reporting
internal import Training

/// What a user is told of an error, and the exit code that scripts can rely on.
struct Failure {
    let message: String
    let kind: ExitKind

    /// The exit code.
    var code: Int32 { kind.rawValue }

    /// Nothing for errors that are the argument parser's business.
    init?(_ error: any Error) {
        if let error = error as? any ReportedError {
            (message, kind) = ("\(error)", error.exitKind)
        } else if let error = error as? ValidationError {
            // Of a command under way; those of its words come wrapped, and with its usage.
            (message, kind) = (error.message, .usage)
        } else if !(error is ExitCode), Passerby.exitCode(for: error) == .failure {
            // Neither ours nor the parser's: somebody forgot to name it.
            (message, kind) = ("unexpected: \(error)", .defect)
        } else {
            return nil
        }
    }
}

/// What can be wrong with a command line beyond its grammar.
enum CommandError: ReportedError, Equatable {
    case unknownCommand(String, nearest: String?, allowed: [String])
    case unknownExperiment(kind: String, name: String, looked: String, known: [String])
    /// What was given is a path, and not that of a YAML file.
    case otherEnding(kind: String, path: String)
    /// No run is filed under the name, nor would one be.
    case noRuns(of: String, known: [String])
    case unknownSplit(String, allowed: [String])
    case unwritable(path: String, reason: String)
    case outputLost(reason: String)
    case uselessOutput(option: String, path: String, reason: String)
    case emptyTable(table: String, preset: String)
    case seedsMissing(count: Int, all: Int, reason: String)
    case notReady([String])
    case noRightKernels([String])
    case unknownBackbone(path: String)
    case otherBackbone(path: String, asked: String, found: String)
    case notResumable(certificate: String)
    case doesNotFit([String])
    case precisionFails(
        String, strangers: Int, images: Int, least: Double, leastBeforeNeck: Double, size: String, batch: Int)

    private static func words(_ cosine: Double) -> String {
        cosine.isNaN ? "not a number" : String(format: "%.5f", cosine)
    }

    /// Which files there are; of experiments there are too many for a message.
    private static func known(_ names: [String], of kind: String) -> String {
        guard kind != "experiment" || names.count <= 6 else {
            return "a file of your own ends in .yaml; 'passerby experiments' lists all that are here"
        }
        return "known are \(names.isEmpty ? "none" : names.joined(separator: ", ")), or give the path of a YAML file"
    }

    var exitKind: ExitKind {
        switch self {
        case .unknownCommand, .noRuns, .otherEnding, .unknownExperiment, .unknownSplit, .uselessOutput, .emptyTable: .usage
        case .unknownBackbone, .otherBackbone: .badData
        case .seedsMissing: .resumable
        case .unwritable, .outputLost, .notReady, .noRightKernels, .doesNotFit: .missing
        case .notResumable, .precisionFails: .defect
        }
    }

    var description: String {
        switch self {
        case .unknownCommand(let name, let nearest, let allowed):
            "no command '\(name)'; " + (nearest.map { "did you mean '\($0)'? " } ?? "")
                + "allowed: \(allowed.joined(separator: ", "))"
        case .noRuns(let name, let known):
            "no runs of '\(name)'; there are "
                + (known.isEmpty ? "none at all" : "runs of: \(known.joined(separator: ", "))")
        case .unknownExperiment(let kind, let name, let looked, let known):
            "no \(kind) '\(name)': there is no file \(looked); "
                + (ExperimentFolder.nearestName(to: name, among: known).map { "did you mean '\($0)'? " } ?? "")
                + Self.known(known, of: kind)
        case .otherEnding(let kind, let path):
            "'\(path)' is no \(kind): the path of one ends in .yaml or .yml"
        case .unknownSplit(let name, let allowed):
            "--data: '\(name)' is no split; "
                + (nearest(to: name, among: allowed).map { "did you mean '\($0)'? " } ?? "")
                + "allowed: \(allowed.joined(separator: ", "))"
        case .emptyTable(let table, let preset):
            "the table '\(table)' has no row with an experiment for --preset \(preset)"
        case .seedsMissing(let count, let all, let reason):
            "\(count) of \(counted(all, "seed")) came to no end: \(reason); the same command goes on"
        case .unwritable(let path, let reason):
            "\(path): cannot be written: \(reason)"
        case .outputLost(let reason):
            "standard output cannot be written: \(reason)"
        case .uselessOutput(let option, let path, let reason):
            "\(option) \(path): \(reason)"
        case .unknownBackbone(let path):
            "\(path): no known backbone has exactly these tensors; name one with --backbone to see what does not fit"
        case .otherBackbone(let path, let asked, let found):
            "\(path): its tensors are those of \(found), and not of \(asked); 'passerby weights verify' lists what differs"
        case .doesNotFit(let obstacles):
            "this cannot run here: " + obstacles.joined(separator: "\n  ")
        case .precisionFails(let name, let strangers, let images, let least, let leastBeforeNeck, let size, let batch):
            "\(name): \(strangers) of \(images) images come to other features than in fp32: the least cosine is "
                + "\(Self.words(least)), before the neck \(Self.words(leastBeforeNeck)), and roundings explain "
                + "\(PrecisionAgreement.leastEmbedding) and \(PrecisionAgreement.leastPooled) or more; bf16 cannot be "
                + "trusted with this network on this processor, for images of \(size) in batches of \(batch): use "
                + "--precision fp32"
        case .notResumable(let certificate):
            "not proven: the killed run came to other results, or a stage was not killed; \(certificate) says which"
        case .noRightKernels(let kernels):
            "no matrix kernels could be measured that multiply rightly; tried: \(kernels.joined(separator: ", "))"
        case .notReady(let missing):
            "a run could not start here: \(missing.joined(separator: "; "))"
        }
    }
}
