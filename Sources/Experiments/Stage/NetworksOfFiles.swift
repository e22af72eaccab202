// SPDX-License-Identifier: MIT

internal import Backbones
internal import Data
internal import Foundation
internal import Layers
internal import Pipeline
public import Reporting

extension Experiment {
    /// Every file of networks that stages go on with, stage by stage.
    private var networkFiles: [(stage: String, members: [NetworkSet.Member])] {
        stages.compactMap { stage in stage.definition.networkFiles.map { (stage.name, $0.members) } }
    }

    /// What the files of networks hold, by the paths that stages name.
    ///
    /// - Throws: ``NetworkFileError``.
    /// - Complexity: One pass over the bytes of all files.
    func digestsOfNetworkFiles() throws -> [String: ContentDigest] {
        var digests: [String: ContentDigest] = [:]
        for (stage, members) in networkFiles {
            var seen: [ContentDigest: String] = [:]
            for member in members {
                let digest = try digests[member.file] ?? self.digest(of: member.file, for: stage)
                if let other = seen.updateValue(member.file, forKey: digest) {
                    throw NetworkFileError.sameContents(stage: stage, paths: [other, member.file])
                }
                digests[member.file] = digest
            }
        }
        return digests
    }

    private func digest(of path: String, for stage: String) throws -> ContentDigest {
        guard FileManager.default.fileExists(atPath: path), !isFolder(path) else {
            throw NetworkFileError.noFile(stage: stage, path: path)
        }
        return try ContentDigest(of: URL(fileURLWithPath: path))
    }

    /// The networks that files hold, each in the shape that its stage needs.
    ///
    /// - Parameter warn: Told of what is left out of a file.
    /// - Throws: ``WeightFileError``, `TensorError`.
    func networksOfFiles(warn: (String) -> Void) throws -> [NetworkSet.Member: StateDictionary] {
        var networks: [NetworkSet.Member: StateDictionary] = [:]
        for (stage, members) in networkFiles {
            for member in members where networks[member] == nil {
                let file = try WeightFile(readingFrom: member.file)
                for note in file.surroundings.notes { warn("\(file.path): \(note)") }
                networks[member] = try file.network(of: member.shape, for: stage).store.state
            }
        }
        return networks
    }
}

/// What can be wrong with the files of networks that a stage names.
public enum NetworkFileError: ReportedError, Equatable {
    case noFile(stage: String, path: String)
    /// A network that is named under two names.
    case sameContents(stage: String, paths: [String])

    public var exitKind: ExitKind {
        switch self {
        case .noFile: .missing
        case .sameContents: .usage
        }
    }

    public var description: String {
        switch self {
        case .noFile(let stage, let path):
            "\(stage).weights: there is no file '\(path)'; allowed: a file that 'passerby weights inspect' reads"
        case .sameContents(let stage, let paths):
            "\(stage).weights: " + paths.map { "'\($0)'" }.joined(separator: " and ")
                + " hold the same bytes; allowed: another network in each file"
        }
    }
}
