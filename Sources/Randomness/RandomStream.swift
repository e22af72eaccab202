// SPDX-License-Identifier: MIT

private import Dispatch

#if canImport(Glibc)
private import Glibc
#endif

/// The seed of an experiment, from which every stream of random numbers is derived by name.
public struct RandomKey: Hashable, Sendable {
    public let seed: UInt64

    public init(seed: UInt64) {
        self.seed = seed
    }

    /// The stream of one purpose, epoch and index.
    ///
    /// Streams are independent of each other and of the order in which they are asked for, so that an image's
    /// augmentation depends neither on threads, nor on the number of processes, nor on where a run was resumed.
    ///
    /// - Parameters:
    ///   - purpose: What the numbers are for, a stable name such as `"pretrain.augment"`.
    ///   - epoch: The zero-based epoch.
    ///   - index: The position inside the epoch: of a sample, or of a parameter.
    public func stream(_ purpose: String, epoch: Int = 0, index: Int = 0) -> RandomStream {
        RandomStream(key: self, purpose: purpose, epoch: epoch, index: index)
    }

    /// A key for a part of the experiment that must not share streams with its neighbours, such as one of two
    /// networks.
    public func derived(_ purpose: String) -> RandomKey {
        RandomKey(seed: seed ^ fingerprint(purpose) &* 0x9E37_79B9_7F4A_7C15)
    }
}

/// A sequence of random numbers that belongs to one (seed, purpose, epoch, index).
public struct RandomStream: RandomNumberGenerator, Sendable {
    private let key: SIMD2<UInt32>
    private let base: SIMD2<UInt32>
    private var position: UInt64 = 0
    private var words = SIMD4<UInt32>()

    init(key: RandomKey, purpose: String, epoch: Int, index: Int) {
        let named = key.seed ^ fingerprint(purpose)
        self.key = SIMD2(UInt32(truncatingIfNeeded: named), UInt32(truncatingIfNeeded: named >> 32))
        self.base = SIMD2(UInt32(truncatingIfNeeded: epoch), UInt32(truncatingIfNeeded: index))
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let half = Int(position & 1)
        if half == 0 {
            let block = position >> 1
            words = Philox.block(
                counter: SIMD4(
                    UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
                    base[0], base[1]),
                key: key
            )
        }
        position &+= 1
        return UInt64(words[2 * half]) | UInt64(words[2 * half + 1]) << 32
    }

    /// A number in `[0, 1)`, uniform, with 53 random bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number in `[lower, upper)`, uniform.
    public mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
        lower + (upper - lower) * uniform()
    }

    /// An integer in `0 ..< bound`, uniform without bias.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "below(\(bound)): the bound must be positive")
        return Int(next(upperBound: UInt64(bound)))
    }

    /// A standard normal number, by Box and Muller's transform; two uniforms are spent on each.
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// So many standard normal numbers times a factor: those that ``normal()`` gives one by one, drawn by all processors.
    public mutating func normals(_ count: Int, times factor: Double) -> [Float] {
        let share = 1 << 16
        // A block is a number's two uniforms, where the first of it is drawn next.
        guard position & 1 == 0, count > share else { return (0..<count).map { _ in Float(factor * normal()) } }
        let beginning = self
        position &+= 2 * UInt64(count)
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialised in
            nonisolated(unsafe) let buffer = buffer
            DispatchQueue.concurrentPerform(iterations: (count + share - 1) / share) { part in
                var stream = beginning
                stream.position &+= 2 * UInt64(part * share)
                for index in part * share..<min(count, (part + 1) * share) {
                    buffer.initializeElement(at: index, to: Float(factor * stream.normal()))
                }
            }
            initialised = count
        }
    }

    /// The numbers `0 ..< count` in random order, by Fisher and Yates' shuffle.
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        guard count > 1 else { return order }
        for last in stride(from: count - 1, through: 1, by: -1) {
            order.swapAt(last, below(last + 1))
        }
        return order
    }
}

/// A 64-bit FNV-1a hash that, unlike Swift's own, is the same in every process.
private func fingerprint(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}
