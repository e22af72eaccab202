// SPDX-License-Identifier: MIT

internal import Foundation

/// What the processor can do in one instruction, whoever made it.
public struct InstructionSet: Sendable, Equatable {
    /// The widest fp32 arithmetic.
    public enum Width: String, Sendable, Codable, CaseIterable {
        /// 128 bits: SSE on x86-64, NEON on aarch64.
        case narrow
        /// AVX2 with fused multiply-add.
        case avx2
        /// The parts of AVX-512 that matrix kernels use: F, DQ, CD, BW and VL.
        case avx512
    }

    public let width: Width
    /// Products of bfloat16 in AVX-512 registers.
    public let hasBF16: Bool
    /// Products of bfloat16 in tiles (Intel's AMX).
    public let hasAMX: Bool

    /// That of this machine's processors.
    public static let current = InstructionSet(flags: Processor.value("flags")?.split(separator: " ").map(String.init) ?? [])

    /// - Parameter flags: As `/proc/cpuinfo` has them, where the operating system's support is part of each.
    public init(flags: [String]) {
        let flags = Set(flags)
        let wide: Set = ["avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"]
        width = wide.isSubset(of: flags) ? .avx512 : flags.isSuperset(of: ["avx2", "fma"]) ? .avx2 : .narrow
        hasBF16 = flags.contains("avx512_bf16")
        hasAMX = flags.isSuperset(of: ["amx_tile", "amx_bf16"])
    }

    /// fp32 multiplications and additions that one core does in a cycle at the least: two fused units of half the width,
    /// or one of the whole. Many processors do twice as much.
    public var operationsPerCycle: Double {
        switch width {
        case .narrow: 8
        case .avx2: 16
        case .avx512: 32
        }
    }
}

/// Facts of `/proc/cpuinfo`, read once.
public enum Processor {
    private static let properties = properties(
        (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")

    /// A property of the first processor, such as `model name` or `flags`.
    public static func value(_ key: String) -> String? { properties[key] }

    /// - Parameter text: Lines such as `model name	: AMD EPYC`, the first processor's before those of others.
    static func properties(_ text: String) -> [String: String] {
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// As its maker calls it.
    public static let name = value("model name") ?? value("CPU part").map { "CPU part \($0)" } ?? "unknown"

    /// Cycles a second; nil where nobody says.
    public static let frequency = value("cpu MHz").flatMap { Double($0) }.map { 1e6 * $0 }
}
