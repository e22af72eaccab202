// SPDX-License-Identifier: MIT

public import Configuration
public import Slurm

/// A search for the best values of some of an experiment's settings, as its file says it.
public struct Sweep: Sendable {
    /// What its folder is called.
    public let name: String
    /// The file of the experiment that it varies; a path relative to the current folder.
    public let experiment: Located<String>
    /// Settings that are other in all trials than in the experiment's file.
    public let fixed: [YAMLNode.Entry]
    public internal(set) var space: SearchSpace
    public let sampler: SamplerChoice
    /// What gives trials up before their end; nil for nothing.
    public let pruner: PrunerChoice?
    public let objective: Objective
    /// Seeds of the runs of each trial, whose mean counts; none for one run with the experiment's own.
    public let seeds: [Int]
    public let budget: Budget
    /// What samplers draw from.
    public let seed: Int
    /// How jobs are asked of a cluster.
    public let slurm: SlurmSettings

    /// How many trials there will be at most, the space permitting.
    public var trialCount: Int { budget.trials ?? space.grid.count }
}
