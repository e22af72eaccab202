// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Layers
internal import Reporting
internal import Training

/// What a stage's settings are held against when they are resolved: earlier stages, and the experiment.
struct StageRules {
    /// A stage before, and what it leaves; nothing is known of what one leaves that breaks a rule itself.
    struct Earlier {
        let name: String
        let offer: StageOffer?
    }

    let name: Located<String>
    let places: [String: Located<String>]
    let earlier: [Earlier]
    let experiment: ExperimentSettings
    let imagePlace: Located<String>
    let problems: ProblemCollector

    // MARK: What is reported

    func report(_ key: String, _ message: String) {
        problems.report(
            .conflict(message), at: places[key]?.span ?? name.span, keyPath: "\(name.value).\(key)")
    }

    func reportImageSize(_ message: String) {
        problems.report(.conflict(message), at: imagePlace)
    }

    // MARK: Rules of several stages

    func requireSource() {
        guard experiment.data.source == nil else { return }
        problems.report(
            .conflict(
                "'\(name.value)' trains on labelled source images, and the experiment has none; "
                    + "allowed: a dataset as 'data.source'"), at: name.span, keyPath: name.value)
    }

    func batch(_ batch: Int, holds instances: Int) {
        guard batch % instances != 0 else { return }
        report(
            "batch",
            "a batch of \(batch) holds no whole number of identities with \(instances) images each; "
                + "allowed: a multiple of 'instances'")
    }

    /// The hardest negative of an image would be one of the same identity, which its triplet pushes away.
    func batch(_ batch: Int, holdsNegativesBeside instances: Int) {
        guard batch == instances else { return }
        report(
            "batch",
            "a batch of \(batch) shows one identity with \(instances) images, and a triplet needs another; allowed: "
                + "\(2 * instances) or more")
    }

    func clusters(_ clustering: EpochClustering, fill batch: Int, of instances: Int) {
        guard case .kMeans(let means) = clustering, means.clusters * instances < batch else { return }
        report(
            "clusters",
            "\(counted(means.clusters, "cluster")) with \(instances) images each fill no batch of \(batch); allowed: "
                + "\((batch + instances - 1) / instances) or more")
    }

    func batch(_ batch: Int, fillsGroupsOf size: Int) {
        guard batch % size != 0 else { return }
        report(
            "images_per_norm_group",
            "a batch of \(batch) has no whole number of groups of \(size) images that are "
                + "normalised together; allowed: what divides 'batch', \(batch) for all of it")
    }

    /// All positions of an epoch's batches are drawn before it begins, and a batch is in memory whole.
    func epoch(_ iterations: Int, of batch: Int, at key: String = "batch") {
        let (height, width) = (experiment.image.height, experiment.image.width)
        if iterations * batch > Limits.imagesPerEpoch {
            report(
                key,
                "\(iterations) iterations of \(batch) images are more than an epoch may have; allowed: "
                    + "iterations × batch up to \(Limits.imagesPerEpoch)")
        }
        if batch * height * width > Limits.pixelsPerBatch {
            report(
                key,
                "\(batch) images of \(height) × \(width) pixels are more than a batch may hold; "
                    + "allowed: batch × height × width up to \(Limits.pixelsPerBatch)")
        }
    }

    // MARK: Earlier stages

    /// The earlier stage that a key names, or the latest suitable one: its networks.
    ///
    /// - Parameter unsuitable: Why a set is of no use here; nothing where it is.
    func networks(
        _ key: String, _ reference: StageReference, unsuitable: (NetworkSet) -> String? = { _ in nil }
    ) -> (stage: String, set: NetworkSet)? {
        self.reference(key, reference, to: "leaves networks", \.networks, unsuitable: unsuitable).map { ($0, $1) }
    }

    /// The same for a method that goes on with the first of them, on images of one domain.
    func networksOfOneDomain(_ key: String, _ reference: StageReference) -> (stage: String, set: NetworkSet)? {
        networks(key, reference) { set in
            set.members[0].shape.domains == .separate
                ? "leaves a network with statistics by domain, which needs images of both; allowed: one without" : nil
        }
    }

    /// The same for a method that two networks teach each other in.
    ///
    /// - Parameter method: What reports call it.
    func twins(
        _ key: String, _ reference: StageReference, of method: String
    ) -> (stage: String, set: NetworkSet)? {
        networks(key, reference) { set in
            if set.count != 2 { return "trains \(counted(set.count, "network")), and \(method) needs 2" }
            if Set(set.members.map(\.shape.backbone)).count > 1 { return "has two backbones, and \(method) needs one" }
            return set.members.contains { $0.shape.domains == .separate }
                ? "has normalisation by domain already, and \(method) begins with shared one" : nil
        }
    }

    /// The same, or the networks in two files where the stage names some.
    func twins(_ files: inout NetworkFiles, or reference: StageReference, of method: String) -> GivenNetworks? {
        given(&files, orOfStage: reference != .latest, exactly: 2, by: method) {
            twins("from", reference, of: method)
        }
    }

    /// The same for translated images.
    func images(_ key: String, _ reference: StageReference) -> (stage: String, artefact: String)? {
        self.reference(key, reference, to: "translates images", \.images) { _ in nil }.map { ($0, $1) }
    }

    private func reference<Offered>(
        _ key: String, _ reference: StageReference, to what: String, _ part: KeyPath<StageOffer, Offered?>,
        unsuitable: (Offered) -> String?
    ) -> (String, Offered)? {
        let candidates = earlier.compactMap { stage in
            stage.offer?[keyPath: part].map { (name: stage.name, offered: $0) }
        }
        switch reference {
        case .latest:
            if let found = candidates.last(where: { unsuitable($0.offered) == nil }) { return found }
            // One that breaks a rule itself has been reported.
            guard !earlier.contains(where: { $0.offer == nil }) else { return nil }
            let reasons = candidates.compactMap { stage in unsuitable(stage.offered).map { "'\(stage.name)' \($0)" } }
            let reason = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
            report(key, "'\(name.value)' needs an earlier stage that \(what)\(reason); there is none")
            return nil
        case .named(let written):
            guard let found = candidates.first(where: { $0.name == written }) else {
                guard !earlier.contains(where: { $0.name == written && $0.offer == nil }) else { return nil }
                let names = candidates.map(\.name).joined(separator: ", ")
                report(key, "'\(written)' is no earlier stage that \(what); allowed: \(names.isEmpty ? "none" : names)")
                return nil
            }
            if let reason = unsuitable(found.offered) {
                report(key, "'\(written)' \(reason)")
                return nil
            }
            return found
        }
    }
}
