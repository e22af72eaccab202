// SPDX-License-Identifier: MIT

package import Foundation
package import Machine
internal import Retrieval
internal import Tensor

/// What the doctor found; the JSON document of `passerby doctor --json`.
package struct MachineFindings: Encodable {
    package struct Processor: Encodable {
        package let name: String
        package let cores: Int
        package let width: InstructionSet.Width
        package let hasBF16: Bool
        package let hasAMX: Bool
    }

    package struct Memory: Encodable {
        package let totalBytes: Int
        package let freeBytes: Int
    }

    package struct Libtorch: Encodable {
        package let version: String
        package let threads: Int
        package let matrixLibrary: String
        /// Multiplications and additions a second in bfloat16, on the processor.
        package let bfloat16Rate: Double
        /// The version of cuDNN, which convolves on cards; nothing where libtorch is for the processor alone.
        package let cudnn: String?
        /// Cards that it can compute on.
        package let cards: Int
        /// Why it cannot compute on any; nothing where it can.
        package let cardProblem: String?
        /// Why its cards cannot repeat training steps as CUDA graphs; nothing where they can, or there are none.
        package let graphProblem: String?
    }

    /// How fast matrices are multiplied, in fp32 multiplications and additions a second.
    package struct Matrices: Encodable {
        /// What this process runs.
        package let inForce: KernelMeasurement
        /// All that this machine has.
        package let measured: [KernelMeasurement]
        /// The part of the fastest rate that is reached.
        package let retrievalShare: Double
        package let trainingShare: Double
        /// What the instruction set gives searches at the least; nil where the processor's frequency is not known.
        package let expected: Double?

        /// Below these parts something is wrong, and not only uneven.
        static let (fullShare, expectedShare) = (0.9, 0.5)
    }

    package struct Folder: Encodable {
        package let path: String
        package let exists: Bool
        package let isWritable: Bool
        package let freeBytes: Int
    }

    package let processor: Processor
    package let memory: Memory
    package let matrices: Matrices
    package let libtorch: Libtorch
    /// As the driver describes them.
    package let cards: [GraphicsCard]
    /// How fast libtorch multiplies matrices on each card that it can compute on.
    package let cardRates: [CardRates]
    /// Why our kernels are not taken on a card; nothing where they are, or there is none.
    package let kernelProblem: String?
    package let data: Folder
    package let logs: Folder
    /// What to mend before a run can start.
    package let missing: [String]
    /// What would make it faster.
    package let hints: [String]

    /// Measures for some seconds.
    ///
    /// - Parameters:
    ///   - data: The folder that datasets lie in.
    ///   - logs: The folder that runs are written in.
    package init(data: URL, logs: URL) throws {
        let instructions = InstructionSet.current
        processor = Processor(
            name: Machine.Processor.name, cores: Processors.available, width: instructions.width,
            hasBF16: instructions.hasBF16, hasAMX: instructions.hasAMX)
        memory = Memory(totalBytes: Int(ProcessInfo.processInfo.physicalMemory), freeBytes: freeMemory())
        matrices = Matrices(inForce: try KernelSurvey.own(), all: KernelSurvey().measured)
        libtorch = try Libtorch()
        cards = GraphicsCard.all
        cardRates = (0..<libtorch.cards).map(CardRates.init)
        kernelProblem = cardRates.isEmpty ? nil : Engine.kernelProblem
        self.data = Folder(data)
        self.logs = Folder(logs)
        missing =
            (self.logs.isWritable
                ? [] : ["\(self.logs.path): runs cannot be written here; give another place with --logs"])
            + (matrices.inForce.isRight ? [] : ["OpenBLAS's kernels for \(matrices.inForce.kernels) multiply wrongly here"])
        let unused = GraphicsCard.hasDriver && libtorch.cards == 0
        hints =
            matrices.hints(measuredIn: ProcessInfo.processInfo.environment["PASSERBY_KERNELS"])
            + (unused
                ? ["there is an NVIDIA card, and training cannot use it: \(libtorch.cardProblem ?? "none is found")"] : [])
            + (libtorch.graphProblem.map { ["training steps are not repeated as CUDA graphs: \($0)"] } ?? [])
            + (kernelProblem.map { ["on cards libtorch's kernels normalise batches, which are slower than ours: \($0)"] }
                ?? [])
    }
}

extension MachineFindings.Libtorch {
    fileprivate init() throws {
        version = Engine.version
        bfloat16Rate = try Engine.measuredMatrixRate(in: .bf16)
        cudnn = Engine.convolutionLibraryVersion
        threads = Engine.threadCount
        matrixLibrary = Engine.matrixLibrary
        do {
            cards = try Engine.cardCount()
            cardProblem = cards > 0 ? nil : "there is no NVIDIA card, or no driver for it"
        } catch TensorError.deviceMissing(_, let reason) {
            (cards, cardProblem) = (0, reason)
        } catch {
            (cards, cardProblem) = (0, "\(error)")
        }
        graphProblem = cards > 0 ? Engine.graphProblem : nil
    }
}

extension MachineFindings.Matrices {
    fileprivate init(inForce: KernelMeasurement, all: [KernelMeasurement]) {
        let best = { (rate: KeyPath<KernelMeasurement, Double>) in
            (all + [inForce]).filter(\.isRight).map { $0[keyPath: rate] }.max() ?? inForce[keyPath: rate]
        }
        let share = { (rate: KeyPath<KernelMeasurement, Double>) in inForce[keyPath: rate] / best(rate) }
        self.inForce = inForce
        measured = all
        (retrievalShare, trainingShare) = (share(\.retrieval), share(\.training))
        expected = Machine.Processor.frequency.map {
            $0 * InstructionSet.current.operationsPerCycle * Double(Processors.available)
        }
    }

    /// - Parameter file: Where the launcher that started this process has what it measured once; nil without one.
    fileprivate func hints(measuredIn file: String?) -> [String] {
        var hints: [String] = []
        if min(retrievalShare, trainingShare) < Self.fullShare, let choice = KernelChoice(among: measured) {
            let launcher =
                "start with the launcher ./passerby, which sets "
                + "\(MatrixLibrary.variable)=\(choice.retrieval.asked ?? choice.retrieval.kernels)"
                + (choice.training.library == .libtorch ? " and has libtorch's own library multiply for training" : "")
            let again = { (file: String) in
                "the launcher takes those that it has measured once, maybe beside other work; remove \(file) to have it measure again"
            }
            hints.append("other kernels are faster now: " + (file.map(again) ?? launcher))
        }
        if let expected, inForce.retrieval < Self.expectedShare * expected {
            hints.append(
                "this processor should do \(gigas(expected)) GFLOP/s or more: either other processes use it now, or the "
                    + "matrix library does not know it; a newer OpenBLAS may")
        }
        return hints
    }
}

extension MachineFindings.Folder {
    /// What is known of a folder, or of the place where a run would make it.
    fileprivate init(_ url: URL) {
        path = url.path
        exists = FileManager.default.fileExists(atPath: path)
        isWritable = FileManager.default.isWritableFile(atPath: nearestFolder(url).path)
        freeBytes = freeDisk(url) ?? 0
    }
}

/// Thousands of millions.
package func gigas(_ operations: Double) -> Int { Int((operations / 1e9).rounded()) }
