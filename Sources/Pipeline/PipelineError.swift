// SPDX-License-Identifier: MIT

public import Reporting

/// What a user, a file or a device can make go wrong around a run.
public enum PipelineError: Error, Equatable, Sendable {
    /// No run folder could be made below the logs folder.
    case cannotCreateRunFolder(path: String, reason: String)
    /// A file or folder of the run lies where nothing may be written.
    case readOnly(path: String)
    /// The device has no space left (or the user no quota).
    case diskFull(path: String)
    /// Any other refusal of the operating system.
    case inputOutput(operation: String, path: String, reason: String)
    /// A value has no JSON form.
    case cannotEncode(path: String, reason: String)
    /// A file of the run is not there, or the system does not let it be read.
    case unreadable(path: String, reason: String)
    /// A file of the run cannot be understood.
    case corruptFile(path: String, reason: String)
    /// A stage's manifest does not describe what lies beside it.
    case corruptManifest(path: String, reason: String)
    /// A checkpoint that was just written does not read back as what was written.
    case checkpointNotReadBack(path: String)
    /// A stage ended without having written what its plan promises.
    case missingArtefact(stage: String, name: String)
    /// A folder that a stage fills does not hold what it has put there.
    case artefactDiffers(path: String, missing: [String], surplus: [String])
    /// Another process works in the same folder.
    case locked(path: String, holder: LockHolder)
    /// Another process has taken over what this one had locked.
    case lockLost(path: String)
    /// No run has this name, or several do.
    case unknownRun(name: String, folder: String, found: [RunName])
    /// No stage of the plan has this name.
    case unknownStage(name: String, allowed: [String])
    /// A plan that cannot be run: a repeated name, an input that comes later, a name that is no file name.
    case invalidPlan(reason: String)
    /// No unfinished run of the same experiment is there to be continued.
    case nothingToResume(experiment: String, folder: String, found: [UnsuitableRun])
    /// A run is to go on with another number of threads than it began with, which gives other bits.
    case otherThreads(run: RunName, recorded: Int, given: Int)
    /// A run is to go on where other bits come out than where it began.
    case otherConditions(run: RunName, differences: [RunConditions.Difference])
}

/// A run that `--resume` looked at and cannot continue.
public struct UnsuitableRun: Sendable, Equatable, CustomStringConvertible {
    /// Why a run cannot be continued.
    public enum Reason: Sendable, Equatable {
        /// It ended.
        case completed
        /// Its plan is not the one asked for.
        case differs([JSONDifference])
        /// Its files cannot be read.
        case unreadable(String)
    }

    /// The name of the run's folder.
    public let run: String
    /// Why it cannot be continued.
    public let reason: Reason

    public var description: String {
        switch reason {
        case .completed: "\(run): completed"
        case .unreadable(let text): "\(run): \(text)"
        case .differs(let differences):
            "\(run): differs in " + Self.text(of: differences)
        }
    }

    private static func text(of differences: [JSONDifference]) -> String {
        let shown = differences.prefix(shownCount).map(\.description)
        let rest = differences.count - shown.count
        return (shown + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: "; ")
    }

    private static let shownCount = 4
}

extension PipelineError: ReportedError {
    private static var shownFiles: Int { 5 }

    public var exitKind: ExitKind {
        switch self {
        case .unknownStage, .unknownRun, .invalidPlan, .nothingToResume, .otherThreads, .otherConditions: .usage
        case .cannotCreateRunFolder, .readOnly, .unreadable: .missing
        case .diskFull, .inputOutput, .locked, .lockLost, .checkpointNotReadBack, .artefactDiffers: .resumable
        case .corruptFile, .corruptManifest: .badData
        case .cannotEncode, .missingArtefact: .defect
        }
    }

    public var description: String {
        switch self {
        case .cannotCreateRunFolder(let path, let reason):
            "\(path): cannot create a run folder: \(reason). Name a writable folder with --logs"
        case .readOnly(let path):
            "\(path): cannot be written: the folder or its file system is read-only for this user"
        case .diskFull(let path):
            "\(path): no space left on the device. Free some and continue with --resume"
        case .inputOutput(let operation, let path, let reason):
            "\(path): cannot \(operation): \(reason)"
        case .unreadable(let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .cannotEncode(let path, let reason):
            "\(path): cannot be written as JSON: \(reason)"
        case .corruptFile(let path, let reason), .corruptManifest(let path, let reason):
            "\(path): \(reason)"
        case .checkpointNotReadBack(let path):
            "\(path): the checkpoint just written reads back different; the one before is kept"
        case .missingArtefact(let stage, let name):
            "stage '\(stage)' ended without writing '\(name)', which its plan promises"
        case .artefactDiffers(let path, let missing, let surplus):
            "\(path): somebody else has changed it meanwhile; "
                + [("gone", missing), ("not this stage's", surplus)].filter { !$0.1.isEmpty }.map { what, names in
                    "\(counted(names.count, "file")) \(what): "
                        + names.prefix(Self.shownFiles).joined(separator: ", ")
                        + (names.count > Self.shownFiles ? ", …" : "")
                }.joined(separator: "; ") + ". Continue with --resume, which makes what is missing"
        case .locked(let path, let holder):
            "\(path): in use by \(holder); wait for it. Once it is gone, the same command takes over, within a few minutes"
        case .lockLost(let path):
            "\(path): another process has taken this over, as this one gave no sign of life for too long. "
                + "Continue with --resume once it is done"
        case .unknownRun(let name, let folder, let found):
            "\(folder): "
                + (found.isEmpty
                    ? "no run '\(name)'; 'passerby runs list' shows them"
                    : "'\(name)' is one of several: \(found.map(\.description).joined(separator: ", "))")
        case .unknownStage(let name, let allowed):
            "no stage '\(name)'; the stages are \(allowed.joined(separator: ", "))"
        case .otherThreads(let run, let recorded, let given):
            "\(run) was begun with --threads \(recorded), and --threads \(given) gives other bits: leave --threads out to go "
                + "on as it began, or add --other-machine to go on with \(given), which its results will say"
        case .otherConditions(let run, let differences):
            "\(run) was begun under other conditions, which give other bits: "
                + differences.map(\.description).joined(separator: "; ") + ". Go on with it where it began, or add "
                + "--other-machine to go on here, which its results will say"
        case .invalidPlan(let reason):
            "the plan cannot be run: \(reason)"
        case .nothingToResume(let experiment, let folder, let found):
            "\(folder): no unfinished run of '\(experiment)' to resume; "
                + (found.isEmpty
                    ? "there are no runs"
                    : "found\n" + found.map { "  \($0)" }.joined(separator: "\n"))
        }
    }
}
