// SPDX-License-Identifier: MIT

public import Layers

/// The names that the authors' checkpoints have for the tensors of an ``EmbeddingNetwork``, both ways.
///
/// Our keys are those of the published backbones (`layer1.0.bn1.IN.weight`). The authors' re-ID networks keep a
/// backbone's modules in a list, so that their names hold indices (`base.4.0.bn1.IN.weight`), or name the parts of the
/// network otherwise (`backbone.layer1.0.bn1.IN.weight`).
public struct UpstreamNames: Sendable {
    /// Whose checkpoints.
    public enum Project: Sendable, Equatable {
        /// VisDA-ECCV20 (SDA, MMT+) and SpCL.
        case visda
        /// MMT. Its plain ResNets have no ReLU after the stem, nor in the list: names translate, but the network that
        /// such weights were trained in is not the one here.
        case mmt
        /// OpenUnReID, whose domain-specific layers are numbered in the order of the training datasets.
        case openUnReID(Member, domains: [Domain])
    }

    /// Which network of an OpenUnReID checkpoint.
    public enum Member: String, Sendable, CaseIterable {
        case only = ""
        case student = "net."
        /// The student's running average.
        case mean = "mean_net."
    }

    /// Two names of the same thing.
    private struct Pair {
        let ours: String
        let theirs: String
    }

    private let wrapper: String
    /// Beginnings of keys; none is the beginning of another.
    private let beginnings: [Pair]
    /// The level of a key that tells a domain.
    private let levels: [Pair]

    /// - Parameter wrapped: Writes the `module.` that networks on several devices have; it is read with and without.
    public init(_ project: Project, backbone: Backbone, wrapped: Bool = false) {
        wrapper = wrapped ? "module." : ""
        let parts = backbone.parts
        let head = ["gap.", "feat.", "feat_bn.", "classifier."]
        switch project {
        case .visda, .mmt:
            let lacksReLU = project == .mmt && backbone.isPlainResNet
            beginnings =
                parts.map { name, index in
                    Pair(ours: name, theirs: "base.\(lacksReLU && index > 2 ? index - 1 : index).")
                } + head.map { Pair(ours: $0, theirs: $0) }
            levels = []
        case .openUnReID(let member, let domains):
            let theirHead = ["global_pooling.", "head.feat_reduction.", "head.feat_bn.", "classifier."]
            beginnings =
                parts.map { Pair(ours: $0.name, theirs: "\(member.rawValue)backbone.\($0.name)") }
                + zip(head, theirHead).map { Pair(ours: $0, theirs: member.rawValue + $1) }
            levels = domains.enumerated().map { index, domain in
                Pair(ours: domain == .source ? ".BN_S." : ".BN_T.", theirs: ".dsbn.\(index).")
            }
        }
    }

    /// The authors' name for one of our keys, or nothing where a network has no such part.
    public func theirs(_ key: String) -> String? {
        guard let pair = beginnings.first(where: { key.hasPrefix($0.ours) }) else { return nil }
        let renamed = pair.theirs + key.dropFirst(pair.ours.count)
        return wrapper + levels.reduce(renamed) { $0.replacing($1.ours, with: $1.theirs) }
    }

    /// Our key for one of the authors' names, or nothing where it is no part of this network.
    public func ours(_ name: String) -> String? {
        let bare = name.hasPrefix("module.") ? name.dropFirst("module.".count) : name[...]
        guard let pair = beginnings.first(where: { bare.hasPrefix($0.theirs) }) else { return nil }
        let renamed = pair.ours + bare.dropFirst(pair.theirs.count)
        return levels.reduce(renamed) { $0.replacing($1.theirs, with: $1.ours) }
    }
}

extension Backbone {
    /// The outermost parts, and where the authors' list has them. Between the stem and the first layer of a residual
    /// network stand a ReLU and a pooling without parameters.
    fileprivate var parts: [(name: String, index: Int)] {
        switch architecture {
        case .dense: [("features.", 0)]
        case .residual, .splitAttention:
            [("conv1.", 0), ("bn1.", 1), ("layer1.", 4), ("layer2.", 5), ("layer3.", 6), ("layer4.", 7)]
        }
    }

    fileprivate var isPlainResNet: Bool {
        if case .residual(let variant) = architecture { !variant.instanceBatch } else { false }
    }
}
