// SPDX-License-Identifier: MIT

extension SyntheticWorld {
    /// Everything about the parameters that makes the world impossible; empty for a world that can be
    /// written.
    public func problems() -> [SyntheticWorldError.Problem] {
        sourceProblems() + targetProblems() + renderingProblems()
    }

    /// This world, once its parameters are known to be possible.
    ///
    /// - Throws: ``SyntheticWorldError/impossible(_:)`` with all problems at once.
    public func validated() throws -> SyntheticWorld {
        let found = problems()
        guard found.isEmpty else { throw SyntheticWorldError.impossible(found) }
        return self
    }

    private func sourceProblems() -> [SyntheticWorldError.Problem] {
        [
            problem("source.identities", source.identities, within: Limits.sourceIdentities),
            problem("source.imagesPerIdentity", source.imagesPerIdentity, within: Limits.images),
            problem("source.cameras", source.cameras, within: Limits.sourceCameras),
        ].compactMap(\.self)
    }

    private func targetProblems() -> [SyntheticWorldError.Problem] {
        [
            problem("target.trainingIdentities", target.trainingIdentities, within: Limits.targetIdentities),
            problem("target.minimumImagesPerIdentity", target.minimumImagesPerIdentity, within: Limits.images),
            problem(
                "target.maximumImagesPerIdentity", target.maximumImagesPerIdentity,
                within: max(1, min(target.minimumImagesPerIdentity, Limits.images.upperBound))...Limits.images.upperBound),
            problem("target.singletons", target.singletons, within: Limits.loneImages),
            problem("target.validationIdentities", target.validationIdentities, within: Limits.validationIdentities),
            problem(
                "target.queriesPerIdentity", target.queriesPerIdentity,
                within: 1...min(max(1, target.cameras), Limits.queries.upperBound)),
            problem("target.galleryPerIdentity", target.galleryPerIdentity, within: Limits.gallery),
            problem("target.distractors", target.distractors, within: Limits.loneImages),
            problem("target.cameras", target.cameras, within: Limits.targetCameras),
            target.testIdentities.flatMap { problem("target.testIdentities", $0, within: Limits.testIdentities) },
        ].compactMap(\.self)
    }

    private func renderingProblems() -> [SyntheticWorldError.Problem] {
        let effectProblems = effects.byName.map { problem("effects.\($0.name)", $0.value, within: Limits.effect) }
        return
            ([
                problem("width", width, within: Limits.width),
                problem("height", height, within: Limits.height),
                problem("gap", gap, within: Limits.gap),
            ] + effectProblems).compactMap(\.self)
    }

    private func problem<Value: Comparable>(
        _ key: String, _ value: Value, within allowed: ClosedRange<Value>
    ) -> SyntheticWorldError.Problem? {
        guard !allowed.contains(value) else { return nil }
        return SyntheticWorldError.Problem(
            key: key, found: "\(value)", allowed: "\(allowed.lowerBound)...\(allowed.upperBound)")
    }
}
