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
            problem("source.identities", source.identities, within: 1...700),
            problem("source.imagesPerIdentity", source.imagesPerIdentity, within: 1...9999),
            problem("source.cameras", source.cameras, within: 1...12),
        ].compactMap(\.self)
    }

    private func targetProblems() -> [SyntheticWorldError.Problem] {
        let cameraLimit = Target.cameraNumbers.count
        return [
            problem("target.trainingIdentities", target.trainingIdentities, within: 1...99_999),
            problem("target.minimumImagesPerIdentity", target.minimumImagesPerIdentity, within: 1...9999),
            problem(
                "target.maximumImagesPerIdentity", target.maximumImagesPerIdentity,
                within: max(1, target.minimumImagesPerIdentity)...max(9999, target.minimumImagesPerIdentity)),
            problem("target.singletons", target.singletons, within: 0...99_999),
            problem("target.validationIdentities", target.validationIdentities, within: 1...999),
            problem(
                "target.queriesPerIdentity", target.queriesPerIdentity,
                within: 1...min(max(1, target.cameras), cameraLimit)),
            problem("target.galleryPerIdentity", target.galleryPerIdentity, within: 2...9999),
            problem("target.distractors", target.distractors, within: 0...99_999),
            problem("target.cameras", target.cameras, within: 2...cameraLimit),
        ].compactMap(\.self)
    }

    private func renderingProblems() -> [SyntheticWorldError.Problem] {
        let effectProblems = effects.byName.map { problem("effects.\($0.name)", $0.value, within: 0...2) }
        return
            ([
                problem("width", width, within: 16...512),
                problem("height", height, within: 32...1024),
                problem("gap", gap, within: 0...1.5),
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
