// SPDX-License-Identifier: MIT

import Layers
import Testing

@testable import Backbones

@Suite struct `Names in the authors' checkpoints` {
    private static let projects: [UpstreamNames.Project] =
        [.visda, .mmt] + UpstreamNames.Member.allCases.map { .openUnReID($0, domains: [.target, .source]) }

    /// Our key, and the authors'.
    @Test(
        arguments: [
            (.visda, .resnet50IBNa, "layer1.0.bn1.IN.weight", "base.4.0.bn1.IN.weight"),
            (.visda, .resnet50IBNa, "layer1.0.bn1.BN.running_var", "base.4.0.bn1.BN.running_var"),
            (.visda, .resnet50IBNa, "layer1.0.bn1.BN.BN_S.running_var", "base.4.0.bn1.BN.BN_S.running_var"),
            (.visda, .resnet50, "conv1.weight", "base.0.weight"),
            (.visda, .resnet50, "bn1.BN_T.running_mean", "base.1.BN_T.running_mean"),
            (.visda, .resnet50, "layer4.2.conv3.weight", "base.7.2.conv3.weight"),
            (.visda, .resnet50, "gap.p", "gap.p"),
            (.visda, .resnet50, "feat.bias", "feat.bias"),
            (.visda, .resnet50, "feat_bn.BN_T.bias", "feat_bn.BN_T.bias"),
            (.visda, .resnet50, "classifier.weight", "classifier.weight"),
            (.visda, .resnext101IBNa, "layer2.0.conv2.weight", "base.5.0.conv2.weight"),
            (.visda, .resnest50, "conv1.0.weight", "base.0.0.weight"),
            (.visda, .resnest50, "conv1.4.running_mean", "base.0.4.running_mean"),
            (.visda, .resnest50, "bn1.weight", "base.1.weight"),
            (.visda, .resnest50, "layer1.0.conv2.conv.weight", "base.4.0.conv2.conv.weight"),
            (.visda, .resnest50, "layer1.0.conv2.bn0.BN_S.weight", "base.4.0.conv2.bn0.BN_S.weight"),
            (
                .visda, .densenet169IBNa, "features.denseblock1.denselayer1.norm1.BN.weight",
                "base.0.denseblock1.denselayer1.norm1.BN.weight"
            ),
            (.visda, .densenet169IBNa, "features.norm5.bias", "base.0.norm5.bias"),
            (.mmt, .resnet50, "conv1.weight", "base.0.weight"),
            (.mmt, .resnet50, "bn1.bias", "base.1.bias"),
            (.mmt, .resnet50, "layer1.0.conv1.weight", "base.3.0.conv1.weight"),
            (.mmt, .resnet50, "layer4.0.downsample.1.weight", "base.6.0.downsample.1.weight"),
            (.mmt, .resnet50IBNa, "layer1.0.conv1.weight", "base.4.0.conv1.weight"),
            (.openUnReID(.only, domains: []), .resnet50, "conv1.weight", "backbone.conv1.weight"),
            (.openUnReID(.only, domains: []), .resnet50, "gap.p", "global_pooling.p"),
            (.openUnReID(.only, domains: []), .resnet50, "feat.weight", "head.feat_reduction.weight"),
            (.openUnReID(.only, domains: [.source, .target]), .resnet50, "bn1.BN_T.bias", "backbone.bn1.dsbn.1.bias"),
            (.openUnReID(.only, domains: [.target, .source]), .resnet50, "bn1.BN_T.bias", "backbone.bn1.dsbn.0.bias"),
            (
                .openUnReID(.mean, domains: [.source, .target]), .resnet50IBNa, "layer1.0.bn1.BN.BN_S.weight",
                "mean_net.backbone.layer1.0.bn1.BN.dsbn.0.weight"
            ),
            (
                .openUnReID(.student, domains: [.source, .target]), .resnet50, "feat_bn.BN_S.weight",
                "net.head.feat_bn.dsbn.0.weight"
            ),
        ] as [(UpstreamNames.Project, Backbone, String, String)])
    func `are known`(project: UpstreamNames.Project, backbone: Backbone, ours: String, theirs: String) {
        let names = UpstreamNames(project, backbone: backbone)
        let wrapped = UpstreamNames(project, backbone: backbone, wrapped: true)
        #expect(names.theirs(ours) == theirs)
        #expect(wrapped.theirs(ours) == "module." + theirs)
        for name in [theirs, "module." + theirs] {
            #expect(names.ours(name) == ours)
            #expect(wrapped.ours(name) == ours)
        }
    }

    @Test(arguments: Backbone.allCases)
    func `come back to every key of a network`(backbone: Backbone) throws {
        for domains in [NormalisationDomains.shared, .separate] {
            let keys = try EmbeddingNetwork(NetworkShape(backbone: backbone, embedding: 8, domains: domains), random: nil)
                .store.entries.map(\.key)
            for project in Self.projects {
                let names = UpstreamNames(project, backbone: backbone, wrapped: true)
                let theirs = keys.compactMap(names.theirs)
                #expect(Set(theirs).count == keys.count)
                #expect(theirs.compactMap(names.ours) == keys)
            }
        }
    }

    @Test(
        arguments: [
            (.visda, .resnet50, "base.2.weight"), (.visda, .resnet50, "base.8.0.conv1.weight"),
            (.visda, .resnet50, "fc.weight"), (.visda, .resnet50, "basement.4.0.conv1.weight"),
            (.visda, .resnet50, "layer1.0.conv1.weight"),
            (.visda, .densenet121IBNa, "base.1.weight"), (.mmt, .resnet50, "base.7.0.conv1.weight"),
            (.openUnReID(.mean, domains: []), .resnet50, "net.backbone.conv1.weight"),
        ] as [(UpstreamNames.Project, Backbone, String)])
    func `that belong to no part of the network have no key`(
        project: UpstreamNames.Project, backbone: Backbone, name: String
    ) {
        #expect(UpstreamNames(project, backbone: backbone).ours(name) == nil)
        #expect(UpstreamNames(project, backbone: backbone).theirs("fc.weight") == nil)
    }
}
