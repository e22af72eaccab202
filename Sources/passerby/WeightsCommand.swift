// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Backbones
internal import Experiments
internal import Foundation
internal import Layers
internal import Training
internal import Pipeline
internal import Tensor

struct WeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights", abstract: "Weight files: ours, published ones, and the authors' checkpoints.",
        discussion: """
            Reads safetensors and what torch.save writes (zip and the older format, with or without state_dict, epoch and \
            best_mAP around the tensors), under published names or the authors'. Nothing in a file is ever executed: \
            what is no tensor, number or text is left out, and named.
            """,
        subcommands: [InspectWeights.self, ConvertWeights.self, VerifyWeights.self])
}

struct InspectWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "What a weight file holds, and which backbone it fits.")

    @Argument(help: "The file.") var file: String
    @Flag(help: "List every tensor with its type and shape.") var tensors = false
    @Option(help: "The key that the tensors are under in a checkpoint, where several could be meant.")
    var key: String?
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let summary = try summary()
        if json {
            try printJSON(summary)
        } else {
            print(summary.text)
        }
    }

    func summary() throws -> WeightSummary {
        let weights = try WeightFile(inspecting: file, under: key)
        return try WeightSummary(weights, fitted: .recognising(weights.tensors), listed: tensors || json)
    }
}

struct ConvertWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Writes a network's weights in another format or under other names.",
        discussion: """
            The ending chooses the format: .safetensors, or PyTorch's (.pth, .pt, .pth.tar), which torch.load reads \
            as {state_dict, epoch, best_mAP}. --names authors writes base.4.0.… as the VisDA and SpCL code has it. --as-is \
            takes any file: no name and no element type is changed, and no backbone need be known.
            """)

    enum Names: String, CaseIterable, ExpressibleByArgument {
        case published, authors
    }

    @Argument(help: "The file to read.") var input: String
    @Argument(help: "The file to write.") var output: String
    @OptionGroup var network: NetworkArguments
    @Option(help: "Whose names to write: those of the published backbones (default), or the authors' re-ID code's.")
    var names: Names?
    @Flag(help: "Write every tensor under its own name and in its own type, whatever network it is.")
    var asIs = false
    @Flag(help: "Replace a file that is there.") var force = false

    mutating func validate() throws {
        guard asIs else { return }
        let others = [
            ("--backbone", network.backbone != nil), ("--names", names != nil), ("--partial", network.partial),
            ("--dsbn", network.dsbn != .target),
        ]
        if let other = others.first(where: \.1) {
            throw ValidationError(
                "\(other.0) and --as-is exclude each other: one changes tensors, the other leaves them as they are")
        }
    }

    func run() throws {
        let written = try OutputPath(
            output, option: "OUTPUT", inputs: [input], endings: WeightFile.endings, replaces: force)
        if asIs { try copy(to: written) } else { try convert(to: written) }
    }

    private func copy(to written: OutputPath) throws {
        var (count, notes) = (0, [String]())
        try written.write {
            let (copied, surroundings) = try WeightFile.copy(input, under: network.key, to: $0)
            (count, notes) = (copied, surroundings.notes)
        }
        for note in notes { StandardError().write("note: \(input): \(note)\n") }
        print("\(count) tensors as they are: \(output)")
    }

    private func convert(to written: OutputPath) throws {
        let weights = try network.file(input)
        let fitted = try network.fitted(weights)
        let model = try network.network(fitted, of: input)
        let state = model.store.state
        let upstream = UpstreamNames(.visda, backbone: fitted.backbone, wrapped: true)
        let named =
            names != .authors
            ? state
            : Dictionary(
                state.map { (upstream.theirs($0.key) ?? $0.key, $0.value) }
            ) { first, _ in first }
        let known = NetworkFacts(of: model, from: try NetworkFacts(weights))
        try written.write {
            try WeightFile.write(named, facts: weights.facts.merging(known.text) { $1 }, to: $0)
        }
        print("\(named.count) tensors of \(fitted.backbone.rawValue): \(output)")
    }
}

struct VerifyWeights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Whether a file has every weight of a backbone, and nothing else.",
        discussion: """
            Also compares the file's SHA-256 with the eight digits that published names end with. Exit code 65 with the \
            list of what is missing, unexpected or misshapen.
            """)

    @Argument(help: "The file.") var file: String
    @OptionGroup var network: NetworkArguments

    func run() throws {
        let weights = try network.file(file)
        _ = try NetworkFacts(weights)
        let fitted = try network.fitted(weights)
        _ = try fitted.network()
        try checkDigest()
        print(
            "\(file): all \(fitted.state.count) tensors are in order for \(fitted.backbone.rawValue)"
                + (fitted.hasHead ? "" : ", without pooling and neck"))
    }

    /// A name such as `resnet50-19c8e357.pth` promises how the digest begins.
    private func checkDigest() throws {
        let name = (file as NSString).lastPathComponent
        guard let match = name.firstMatch(of: /-([0-9a-f]{8})\.pth/) else { return }
        let digest = try ContentDigest(of: URL(fileURLWithPath: file)).hexadecimal
        guard digest.hasPrefix(match.1) else {
            throw InitialWeightsError.otherContents(
                path: file, expected: String(match.1), found: String(digest.prefix(8)))
        }
    }
}

/// What `weights inspect` tells; its JSON document.
struct WeightSummary: Encodable {
    struct Listed: Encodable {
        let name: String
        let type: String
        let shape: [Int]
    }

    let path: String
    let format: String
    let tensorCount: Int
    let elementCount: Int
    let facts: [String: String]
    let backbone: String?
    let names: String?
    let hasHead: Bool?
    let isByDomain: Bool
    /// The size that images were resized to, where the file says it, and its other facts can be used.
    let height: Int?
    let width: Int?
    let training: TrainingFacts?
    let unusable: String?
    let notFinite: [NotFiniteTensor]
    let notes: [String]
    let tensors: [Listed]?

    init(_ weights: WeightFile, fitted: FittedWeights?, listed: Bool) throws {
        path = weights.path
        format = weights.format.rawValue
        tensorCount = weights.tensors.count
        elementCount = weights.tensors.values.map(\.count).reduce(0, +)
        facts = weights.facts
        backbone = fitted?.backbone.rawValue
        names = fitted?.naming.description
        hasHead = fitted?.hasHead
        isByDomain = fitted?.isByDomain ?? false
        let said: NetworkFacts?
        do throws(WeightFileError) {
            if let fitted { try weights.requireShape(of: fitted) }
            (said, unusable) = (try NetworkFacts(weights), nil)
        } catch {
            (said, unusable) = (nil, error.description)
        }
        (height, width) = (said?.image?.height, said?.image?.width)
        training = said?.training
        notFinite = try weights.notFinite()
        notes = weights.notes(fitted)
        tensors =
            listed
            ? weights.tensors.sorted { $0.key < $1.key }.map {
                Listed(name: $0.key, type: $0.value.elementType.rawValue, shape: $0.value.shape)
            } : nil
    }

    private enum CodingKeys: String, CodingKey {
        case path, format, tensorCount = "tensor_count", elementCount = "element_count", facts, backbone, names
        case hasHead = "has_head", isByDomain = "is_by_domain", height, width, training, unusable, notes, notFinite =
            "not_finite"
        case tensors
    }

    var text: String {
        var lines = ["\(path): \(format), \(tensorCount) tensors, \(elementCount) numbers"]
        for (name, value) in facts.sorted(by: { $0.key < $1.key }) { lines.append("  \(name) = \(value)") }
        if let backbone, let names {
            lines.append(
                "backbone \(backbone) under \(names)" + (hasHead == true ? "" : ", without pooling and neck")
                    + (isByDomain ? ", batch normalisation by domain" : ""))
        } else {
            lines.append("no known backbone has exactly these tensors; 'weights verify --backbone B' says why")
        }
        lines += useText
        lines += notFinite.map { "not finite: \($0)" }
        lines += notes.map { "note: \($0)" }
        lines += (tensors ?? []).map { "  \($0.name) \($0.type) \($0.shape)" }
        return lines.joined(separator: "\n")
    }

    /// How the network is to be used, and where it comes from.
    private var useText: [String] {
        if let unusable { return [unusable] }
        let size = height.flatMap { height in width.map { ImageSize(height: height, width: $0) } }
        return [
            size.map { "trained on images of \($0)" } ?? "size of images: not said",
            training?.description ?? "training (experiment, stage, epoch, datasets) and protocol: not said",
        ]
    }
}
