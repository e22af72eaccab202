// SPDX-License-Identifier: MIT

public import Reporting

/// Why no experiment could be made of somebody else's command or configuration.
public enum ImportError: ReportedError, Equatable {
    /// No word of the command is a Python program.
    case noProgram(found: [String])
    /// A program that no table of options is known of.
    case unknownProgram(String, nearest: String?, known: [String])
    /// A program of a known repository that does what no method here does.
    case notHere(program: String, reason: String)
    /// A configuration whose losses no method here has.
    case unknownMethod(file: String, found: String, allowed: String)
    /// Everything that is wrong with the options, a line each.
    case refused([String])
    /// What was written is no experiment of ours.
    case undecodable(String)

    public var exitKind: ExitKind {
        switch self {
        case .noProgram, .unknownProgram, .notHere, .unknownMethod, .refused: .usage
        case .undecodable: .defect
        }
    }

    public var description: String {
        switch self {
        case .noProgram(let found):
            return "no Python program in '\(found.joined(separator: " "))'; allowed: the command as it is typed there, "
                + "such as python examples/spcl_train_usl.py -d market1501"
        case .unknownProgram(let found, let nearest, let known):
            return "'\(found)' is no program whose options are known"
                + (nearest.map { "; did you mean '\($0)'?" } ?? ";") + " allowed: \(known.joined(separator: ", "))"
        case .notHere(let program, let reason):
            return "\(program): \(reason)"
        case .unknownMethod(let file, let found, let allowed):
            return "\(file): TRAIN.LOSS.losses: found \(found); allowed: \(allowed)"
        case .refused(let problems):
            return problems.joined(separator: "\n")
        case .undecodable(let reason):
            return "the experiment that was made is none: \(reason)"
        }
    }
}
