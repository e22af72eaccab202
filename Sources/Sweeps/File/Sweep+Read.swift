// SPDX-License-Identifier: MIT

public import Configuration
internal import Slurm

extension Sweep {
    /// The sweep of a file.
    ///
    /// - Parameters:
    ///   - path: The file; what it says of `extends:` and `override:` holds as in experiment files.
    ///   - name: What its folder is called.
    ///   - overrides: `key.path=value` as typed on a command line.
    /// - Throws: `ConfigurationError` with all problems at once, each with its place, what was found, what is allowed, and
    ///   the nearest known key.
    public init(path: String, name: String, overrides: [String] = []) throws(ConfigurationError) {
        let document = try Document.overriding(Document.load(path), with: overrides)
        try self.init(document, path: path, name: name)
    }

    init(_ document: YAMLNode, path: String, name: String) throws(ConfigurationError) {
        let problems = ProblemCollector()
        let mapping = MappingReader(document, reportingTo: problems)
        _ = mapping.optional("description", .text)
        let experiment = mapping.required("experiment", .name)
        let fixed = mapping.optional("fixed", .settings)?.value ?? []
        let space = mapping.required("space", .searchSpace)
        let sampler = mapping.optional("sampler", .sampler)
        let objective = mapping.optional("objective", .objective)?.value ?? Objective()
        let pruner = mapping.optional("pruner", .pruner(under: objective))?.value ?? nil
        let seeds = mapping.optional("seeds", .list(of: .integer(SweepLimits.seed), count: SweepLimits.replicas))
        let budget = mapping.optional("budget", .budget)
        let seed = mapping.optional("seed", .integer(SweepLimits.seed))?.value ?? 1
        let slurm = mapping.optional("slurm", .slurm)?.value ?? .none
        mapping.finish()
        if let space, problems.problems.isEmpty {
            Self.check(space.value, under: sampler?.value ?? .grid, budget, at: mapping.span, problems)
            Self.check(space.value, fixed: fixed, seeds: seeds, problems)
        }
        try problems.check()
        guard let experiment, let space else { preconditionFailure("a key was required, and its absence not reported") }
        self.name = name
        self.experiment = experiment.map { Document.file($0, besides: path) }
        self.fixed = fixed
        self.space = space.value
        self.sampler = sampler?.value ?? .grid
        self.pruner = pruner
        self.objective = objective
        self.seeds = seeds?.value.map(\.value) ?? []
        self.budget = budget?.value ?? Budget(trials: nil, hours: nil)
        self.seed = seed
        self.slurm = slurm
    }

    private static func check(
        _ space: SearchSpace, under sampler: SamplerChoice, _ budget: Located<Budget>?, at span: SourceSpan,
        _ problems: ProblemCollector
    ) {
        guard sampler == .grid else {
            guard budget?.value.trials == nil else { return }
            problems.report(
                .missing(key: "trials", expected: "how many trials '\(sampler.word.rawValue)' is to draw"),
                at: budget?.span ?? span, keyPath: "budget")
            return
        }
        let undivided = space.dimensions.filter { $0.gridCoordinates == nil }
        for dimension in undivided {
            problems.report(
                .conflict("a grid needs values; allowed: 'points' beside the range, or choices"), at: dimension.span,
                keyPath: "space.\(dimension.key)")
        }
        if undivided.isEmpty, !space.hasGrid(within: SweepLimits.trials.upperBound) {
            problems.report(
                .conflict("the grid has more than \(SweepLimits.trials.upperBound) points; allowed: that many"),
                at: space.dimensions[0].keySpan, keyPath: "space")
        }
    }

    /// A setting is said once.
    private static func check(
        _ space: SearchSpace, fixed: [YAMLNode.Entry], seeds: Located<[Located<Int>]>?, _ problems: ProblemCollector
    ) {
        for dimension in space.dimensions {
            if let entry = fixed.first(where: { $0.key == dimension.key }) {
                problems.report(
                    .conflict("'\(dimension.key)' is in the space too; allowed: one or the other"), at: entry.keySpan,
                    keyPath: "fixed.\(dimension.key)")
            }
            if dimension.key == "seed", let seeds {
                problems.report(
                    .conflict("'seed' is in the space too; allowed: one or the other"), at: seeds.span, keyPath: "seeds")
            }
        }
        guard let seeds else { return }
        if let entry = fixed.first(where: { $0.key == "seed" }) {
            problems.report(
                .conflict("'seed' is fixed too; allowed: one or the other"), at: entry.keySpan, keyPath: "fixed.seed")
        }
        for (row, seed) in seeds.value.enumerated() where seeds.value[..<row].contains(where: { $0.value == seed.value }) {
            problems.report(.conflict("seed \(seed.value) is there twice; allowed: each once"), at: seed)
        }
    }
}

extension ValueReader where Value == [YAMLNode.Entry] {
    /// A mapping of key paths to values, as an experiment's `override:`.
    fileprivate static var settings: ValueReader {
        let expected = "a mapping of key paths to values"
        return ValueReader(expected: expected) { node, keyPath, collector in
            if case .mapping(let entries) = node.value { return entries }
            collector.reportType(of: node, expected: expected, keyPath)
            return nil
        }
    }
}
