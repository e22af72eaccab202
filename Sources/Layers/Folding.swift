// SPDX-License-Identifier: MIT

public import Tensor
internal import Machine

/// What a folded copy of a network is made for.
///
/// Folding a batch normalisation that follows a convolution multiplies its running statistics into the weights:
/// `W′ = W·γ/√(σ² + ε)`, `b′ = β + (b − μ)·γ/√(σ² + ε)`. The copy owns its values, keeps no gradients, and goes
/// through memory once where the network goes through it three times.
public struct Folding: Sendable, Equatable {
    /// The type of convolutions and of the maps between them. Statistics of instances, pooling and all that comes after
    /// it stay in float32.
    public enum Precision: String, Sendable, CaseIterable {
        case float32 = "fp32"
        case bfloat16 = "bf16"

        /// What inference computes in beside training in a precision.
        public init(_ training: TrainingPrecision) { self = training == .bf16 ? .bfloat16 : .float32 }

        /// The training precision that the same is computed in.
        public var training: TrainingPrecision { self == .bfloat16 ? .bf16 : .fp32 }

        public var elementType: ElementType {
            switch self {
            case .float32: .float32
            case .bfloat16: .bfloat16
            }
        }
    }

    /// Whose statistics are folded, where the network keeps them by domain.
    public let domain: Domain
    public let precision: Precision
    /// Whether the copy is for a processor that multiplies bfloat16 in matrix tiles.
    let hasMatrixTiles: Bool

    public init(domain: Domain, precision: Precision = .float32) {
        self.init(
            domain: domain, precision: precision, hasMatrixTiles: Engine.device == .cpu && InstructionSet.current.hasAMX)
    }

    init(domain: Domain, precision: Precision, hasMatrixTiles: Bool) {
        self.domain = domain
        self.precision = precision
        self.hasMatrixTiles = hasMatrixTiles
    }

    /// Whether a convolution to maps of so many rows and columns computes in float32, whatever the precision.
    ///
    /// oneDNN's kernels for matrix tiles read memory that nobody has written where a bfloat16 map is small: of a batch of
    /// 20 or more, a convolution 3×3 of stride 2 makes numbers of 10¹² of a map of 4×2. From images of 64×32 on, whose
    /// smallest maps have 4 rows and 2 columns, results are right. Maps below that cost next to nothing in float32.
    func computesInSingle(rows: Int, columns: Int) -> Bool {
        precision == .bfloat16 && hasMatrixTiles && (rows < 4 || columns < 2)
    }
}

/// What a normalisation with fixed statistics does to each channel: `scale · x + shift`, in double precision.
struct ChannelScaling {
    var scales: [Double]
    var shifts: [Double]

    /// Leaves so many channels as they are.
    static func identity(_ channels: Int) -> ChannelScaling {
        ChannelScaling(
            scales: [Double](repeating: 1, count: channels), shifts: [Double](repeating: 0, count: channels))
    }

    static func + (left: ChannelScaling, right: ChannelScaling) -> ChannelScaling {
        ChannelScaling(scales: left.scales + right.scales, shifts: left.shifts + right.shifts)
    }
}
