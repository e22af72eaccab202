// SPDX-License-Identifier: MIT

internal import Configuration
internal import Data
internal import Experiments
internal import Foundation
internal import Glibc
internal import Layers
internal import Training
internal import Pipeline
internal import Retrieval
internal import Tensor

/// What a user is told of an error, and the exit code that scripts can rely on.
struct Failure {
    let message: String
    let code: Int32

    private static let usage: Int32 = 64
    private static let badData: Int32 = 65
    private static let missing: Int32 = 69
    private static let ourDefect: Int32 = 70
    private static let resumable: Int32 = 75

    /// Whether the same run can go on once its cause is gone, without anything else being changed.
    var canBeResumed: Bool { code == Self.resumable }

    /// Nothing for errors that are the argument parser's business.
    init?(_ error: any Error) {
        switch error {
        case let error as ConfigurationError:
            self.init("\(error)", Self.usage)
        case let error as CommandError:
            self.init("\(error)", error.code)
        case let error as FeatureFileError:
            self.init("\(error)", Self.badData)
        case let error as InitialWeightsError:
            self.init("\(error)", Self.code(of: error))
        case let error as WeightFileError:
            self.init("\(error)", Self.badData)
        case let error as ScoringError:
            self.init("\(error)", Self.badData)
        case let error as DataError:
            self.init("\(error)", Self.code(of: error))
        case let error as SyntheticWorldError:
            self.init("\(error)", Self.badData)
        case let error as MethodError:
            self.init("\(error)", Self.badData)
        case let error as RetrievalError:
            self.init("\(error)", Self.code(of: error))
        case let error as Interrupted:
            self.init("\(error)", Self.resumable)
        case let error as PipelineError:
            self.init("\(error)", Self.code(of: error))
        case let error as TensorError:
            self.init("\(error)", Self.code(of: error))
        case let error as LayerError:
            self.init("\(error)", Self.badData)
        default:
            return nil
        }
    }

    private init(_ message: String, _ code: Int32) {
        self.message = message
        self.code = code
    }

    private static func code(of error: PipelineError) -> Int32 {
        switch error {
        case .unknownStage, .unknownRun, .invalidPlan, .nothingToResume, .otherThreads, .otherConditions: usage
        case .cannotCreateRunFolder, .readOnly: missing
        case .diskFull, .inputOutput, .locked, .lockLost, .checkpointNotReadBack: resumable
        case .corruptFile, .corruptManifest: badData
        case .cannotEncode, .missingArtefact: ourDefect
        }
    }

    private static func code(of error: DataError) -> Int32 {
        switch error {
        case .missingFolder, .namedOtherwise, .unusableCache: missing
        case .unreadable, .notAnImage, .truncated, .corrupt, .notEncodable, .noImages, .foreignFormats, .missingImage,
            .malformedLine, .malformedName, .unknownIdentity, .unknownCamera, .noIdentities, .tooFewImages, .noGoodImages:
            badData
        }
    }

    private static func code(of error: InitialWeightsError) -> Int32 {
        switch error {
        case .noFile: usage
        case .notFound: missing
        case .otherContents: badData
        }
    }

    private static func code(of error: RetrievalError) -> Int32 {
        if case .notEnoughMemory = error { missing } else { badData }
    }

    private static func code(of error: TensorError) -> Int32 {
        switch error {
        case .operation: ourDefect
        case .outOfMemory: missing
        case .unwritable: resumable
        case .unreadable, .malformed, .notACheckpoint, .foreignClass, .noStateDictionary,
            .severalStateDictionaries: badData
        }
    }
}

/// What can be wrong with a command line beyond its grammar.
enum CommandError: Error, Equatable, CustomStringConvertible {
    case unknownExperiment(name: String, looked: String, known: [String])
    case unwritable(path: String, reason: String)
    case uselessOutput(option: String, path: String, reason: String)
    case notReady([String])
    case noRightKernels([String])
    case unknownBackbone(path: String)
    case childFailed(command: String, code: Int32)
    case childKilled(command: String, signal: Int32)
    case notResumable(certificate: String)
    case doesNotFit([String])
    case precisionFails(
        String, strangers: Int, images: Int, least: Double, leastBeforeNeck: Double, size: String, batch: Int)

    private static func words(_ cosine: Double) -> String {
        cosine.isNaN ? "not a number" : String(format: "%.5f", cosine)
    }

    /// The exit code.
    var code: Int32 {
        switch self {
        case .unknownExperiment, .uselessOutput: 64
        case .unknownBackbone: 65
        case .unwritable, .notReady, .noRightKernels, .doesNotFit: 69
        case .childFailed(_, let code): code
        // Nobody but the kernel, for want of memory, kills what we start.
        case .childKilled(_, let signal): signal == SIGKILL ? 69 : 70
        case .notResumable, .precisionFails: 70
        }
    }

    var description: String {
        switch self {
        case .unknownExperiment(let name, let looked, let known):
            "no experiment '\(name)': there is no file \(looked); known are "
                + (known.isEmpty ? "none" : known.joined(separator: ", ")) + ", or give the path of a YAML file"
        case .unwritable(let path, let reason):
            "\(path): cannot be written: \(reason)"
        case .uselessOutput(let option, let path, let reason):
            "\(option) \(path): \(reason)"
        case .unknownBackbone(let path):
            "\(path): no known backbone has exactly these tensors; name one with --backbone to see what does not fit"
        case .childFailed(let command, let code):
            "'passerby \(command)' ended with exit code \(code); its message is above"
        case .doesNotFit(let obstacles):
            "this cannot run here: " + obstacles.joined(separator: "\n  ")
        case .precisionFails(let name, let strangers, let images, let least, let leastBeforeNeck, let size, let batch):
            "\(name): \(strangers) of \(images) images come to other features than in fp32: the least cosine is "
                + "\(Self.words(least)), before the neck \(Self.words(leastBeforeNeck)), and roundings explain "
                + "\(PrecisionAgreement.leastEmbedding) and \(PrecisionAgreement.leastPooled) or more; bf16 cannot be "
                + "trusted with this network on this processor, for images of \(size) in batches of \(batch): use "
                + "--precision fp32"
        case .childKilled(let command, let signal):
            "'passerby \(command)' was ended by signal \(signal)"
                + (signal == SIGKILL ? ", as happens where memory does not suffice" : "")
        case .notResumable(let certificate):
            "not proven: the killed run came to other results, or a stage was not killed; \(certificate) says which"
        case .noRightKernels(let kernels):
            "no matrix kernels could be measured that multiply rightly; tried: \(kernels.joined(separator: ", "))"
        case .notReady(let missing):
            "a run could not start here: \(missing.joined(separator: "; "))"
        }
    }
}
