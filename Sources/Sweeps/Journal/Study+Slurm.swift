// SPDX-License-Identifier: MIT

internal import Foundation
public import Slurm

extension Study {
    /// The sweep as jobs of a cluster share it: ordinary workers on its folder.
    public var slurmWork: SlurmWork {
        SlurmWork(
            kind: "sweep", name: sweep.name, parts: "trials", command: "passerby sweep \(sweep.name)",
            statusCommand: "passerby sweep status \(sweep.name)", folder: folder.url.appendingPathComponent("slurm"),
            settings: sweep.slurm)
    }
}
