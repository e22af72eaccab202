// SPDX-License-Identifier: MIT

internal import CTorch

/// What a process computes on.
public enum Device: Sendable, Hashable {
    case cpu
    /// An NVIDIA card by its number, from 0.
    case cuda(Int)

    /// `cpu`, `cuda` for the first card, or `cuda:1`; nothing for anything else.
    public init?(_ text: String) {
        switch text.split(separator: ":", omittingEmptySubsequences: false) {
        case ["cpu"]: self = .cpu
        case ["cuda"]: self = .cuda(0)
        case let parts where parts.count == 2 && parts[0] == "cuda":
            guard let card = Int(parts[1]), (0..<256).contains(card) else { return nil }
            self = .cuda(card)
        default: return nil
        }
    }

    init(card: Int32) { self = card < 0 ? .cpu : .cuda(Int(card)) }

    var card: Int32 {
        switch self {
        case .cpu: -1
        case .cuda(let number): Int32(number)
        }
    }
}

extension Device: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let number): "cuda:\(number)"
        }
    }
}

/// What convolutions and matrix products compute in while a network trains. Weights, moments and statistics of normalisation are
/// float32 always; heads and losses are but for their products' factors in ``tf32``.
public enum TrainingPrecision: String, Sendable, CaseIterable {
    case fp32
    /// Factors with 10 bits on a card that has such units; on the processor the same as ``fp32``.
    case tf32
    /// Factors with 7 bits.
    case bf16
}

extension TrainingPrecision {
    /// A forward pass whose convolutions and products compute in this precision; ``tf32`` is a setting of the card's.
    public func computing<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard self == .bf16 else { return try body() }
        let before = pt_set_half_precision(true)
        defer { _ = pt_set_half_precision(before) }
        return try body()
    }
}
