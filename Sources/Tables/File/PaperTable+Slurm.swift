// SPDX-License-Identifier: MIT

public import Foundation
public import Slurm

extension PaperTable {
    /// The runs of a preset as jobs of a cluster share them.
    ///
    /// - Parameters:
    ///   - command: What asks for them, as a shell has to be given it: `passerby reproduce table2`.
    ///   - logs: The folder of all runs. Each preset has a folder there, as jobs of one do nothing for another.
    public func slurmWork(_ preset: TablePreset, command: String, in logs: URL) -> SlurmWork {
        SlurmWork(
            kind: "table", name: name, parts: "runs", command: command, statusCommand: command + " --plan",
            folder: logs.appendingPathComponent("tables/\(name)/\(preset)/slurm"), settings: slurm)
    }
}
