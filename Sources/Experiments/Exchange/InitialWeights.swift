// SPDX-License-Identifier: MIT

public import Backbones
internal import Foundation
internal import Layers
public import Pipeline
public import Reporting
internal import Tensor

/// Where training begins: weights in a file, which a user names by its path or by its published name.
public struct InitialWeights: Sendable, Equatable {
    /// The file.
    public let path: String
    /// The digest of its bytes, which enters the keys of the stages that begin with it.
    public let digest: ContentDigest
    /// What a user should know of the choice, where nobody made it by name.
    public let remark: String?

    /// Finds a file.
    ///
    /// - Parameters:
    ///   - name: The path of a file, or of a folder that has one for each backbone under its name; the exact name of a
    ///     published file, or `imagenet` for the first of those of the backbone that is there, in the order of
    ///     `Backbone.publishedWeights`.
    ///   - folders: Where published files may lie.
    /// - Throws: ``InitialWeightsError``; a published file must have the SHA-256 that its name promises.
    public init(_ name: String, for backbone: Backbone, in folders: [String]) throws {
        let published = backbone.publishedWeights.filter { name == Self.imageNet || $0.file == name }
        guard !published.isEmpty else {
            path = try Self.file(at: name, for: backbone)
            digest = try ContentDigest(of: URL(fileURLWithPath: path))
            remark = nil
            return
        }
        let places = published.flatMap { weights in
            folders.map { (weights: weights, path: "\($0)/\(weights.file)") }
        }
        guard let place = places.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw InitialWeightsError.notFound(backbone, published, looked: folders)
        }
        path = place.path
        remark = Self.remark(on: place.weights, at: place.path, of: published)
        digest = try ContentDigest(of: URL(fileURLWithPath: place.path))
        guard digest.hexadecimal.hasPrefix(place.weights.digestPrefix) else {
            throw InitialWeightsError.otherContents(
                path: place.path, expected: place.weights.digestPrefix, found: String(digest.hexadecimal.prefix(8)))
        }
    }

    /// Its tensors under the backbone's names.
    ///
    /// - Parameter stage: One that begins with them.
    /// - Throws: What reading the file does; ``InitialWeightsError/otherBackbone(path:stage:asked:found:)``.
    func fitted(to backbone: Backbone, for stage: String) throws -> (state: StateDictionary, notes: [String]) {
        let stored = try WeightFile(readingFrom: path)
        let fitted = try FittedWeights(stored.tensors, to: backbone, domain: .target)
        guard fitted.isComplete else {
            throw InitialWeightsError.otherBackbone(
                path: path, stage: stage, asked: backbone,
                found: try FittedWeights.recognising(stored.tensors)?.backbone)
        }
        return (fitted.state, stored.surroundings.notes)
    }

    /// What is to be said where not the first of several had to be taken, and the one that is there is of another recipe.
    static func remark(on weights: PublishedWeights, at path: String, of published: [PublishedWeights]) -> String? {
        guard weights.isOfLaterRecipe, let first = published.first, first != weights else { return nil }
        return
            "\(path) was trained by a later recipe than \(first.file), which published numbers began with and which is not "
            + "there"
    }

    /// Whether a name means a published file, wherever that lies.
    static func isPublished(_ name: String) -> Bool {
        name == imageNet || Backbone.allCases.contains { $0.publishedWeights.contains { $0.file == name } }
    }

    private static let imageNet = "imagenet"

    private static func file(at path: String, for backbone: Backbone) throws(InitialWeightsError) -> String {
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .noFile(path: path, published: backbone.publishedWeights.map(\.file))
        }
        guard isFolder.boolValue else { return path }
        let names = ["safetensors", "pth", "pth.tar"].map { "\(backbone.rawValue).\($0)" }
        guard let found = names.first(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") }) else {
            throw .notInFolder(path: path, names: names)
        }
        return "\(path)/\(found)"
    }

    /// Where published weights usually lie: the project's own folder, then torch.hub's.
    public static func usualFolders(logs: String, environment: [String: String]) -> [String] {
        let home = environment["HOME"] ?? ""
        let cache = environment["XDG_CACHE_HOME"] ?? "\(home)/.cache"
        let torch = environment["TORCH_HOME"] ?? "\(cache)/torch"
        return ["\(logs)/pretrained", "\(torch)/hub/checkpoints", "\(torch)/checkpoints", "\(home)/.torch/models"]
    }
}

/// What can be wrong with the weights that training should begin with.
public enum InitialWeightsError: ReportedError, Equatable {
    case noFile(path: String, published: [String])
    case notInFolder(path: String, names: [String])
    /// None of these is in any of the folders.
    case notFound(Backbone, [PublishedWeights], looked: [String])
    case otherContents(path: String, expected: String, found: String)
    /// The file's tensors are not those of the backbone that a stage begins with; those of another, or of none.
    case otherBackbone(path: String, stage: String, asked: Backbone, found: Backbone?)

    public var exitKind: ExitKind {
        switch self {
        case .noFile, .notInFolder, .notFound: .missing
        case .otherContents, .otherBackbone: .badData
        }
    }

    public var description: String {
        switch self {
        case .noFile(let path, let published):
            return "initial_weights: there is no file '\(path)'; allowed: a path, 'imagenet'"
                + published.map { ", '\($0)'" }.joined()
        case .notInFolder(let path, let names):
            return "initial_weights: the folder '\(path)' has none of the backbone's name; allowed in it: "
                + names.joined(separator: ", ")
        case .notFound(let backbone, let published, let looked):
            let several = published.count > 1
            return """
                initial_weights: \(backbone.rawValue): \(several ? "none of these is" : "this is not") on this machine, and \
                nothing is downloaded by itself\(several ? "; the first that is there is taken" : ""):
                \(Self.lines(published.map(\.address)))
                \(published[0].publisher) has \(several ? "them" : "it"); the digits at the end of a name are the first of the \
                file's SHA-256. Put \(several ? "one of them" : "it") into one of these folders, which were looked in:
                \(Self.lines(looked))
                """
        case .otherContents(let path, let expected, let found):
            return "\(path): its SHA-256 begins with \(found), not with \(expected) as its name promises; "
                + "the download may be incomplete"
        case .otherBackbone(let path, let stage, let asked, let found):
            return "initial_weights: \(path): its tensors are those of \(found?.rawValue ?? "no known backbone"), and stage "
                + "'\(stage)' begins with a \(asked.rawValue); 'passerby weights inspect \(path)' lists them. A folder has a "
                + "file for each backbone, under its name"
        }
    }

    private static func lines(_ texts: [String]) -> String { texts.map { "  \($0)" }.joined(separator: "\n") }
}
