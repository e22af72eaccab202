// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

/// Thousands of damaged files, the same in every run: each is read, or refused with a named error, soon and in little
/// memory. A trap or a signal would end the test process.
@Suite struct `Damaged files` {
    /// A generator by Knuth, MMIX: the upper bits of x ← 6364136223846793005·x + 1442695040888963407.
    private struct Numbers {
        var state: UInt64

        mutating func next(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(limit, 1)
        }
    }

    private enum Kind: CaseIterable {
        case flips, truncation, splice, length, insertion, instruction, global
    }

    /// Class names to put in place of others, and lengths that files lie with.
    private static let globals = [
        "cos\nsystem\n", "cbuiltins\neval\n", "ctorch\nFloatStorage\n", "ctorch\nSize\n",
        "ccollections\nOrderedDict\n", "c_codecs\nencode\n", "cnumpy\ndtype\n",
    ]
    private static let lengths = [0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 40, .max, -1, .min]

    private func damaged(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
        var bytes = bytes
        let place = numbers.next(below: bytes.count)
        switch Kind.allCases[numbers.next(below: Kind.allCases.count)] {
        case .flips:
            for _ in 0...numbers.next(below: 6) {
                bytes[numbers.next(below: bytes.count)] ^= UInt8(1 << numbers.next(below: 8))
            }
        case .truncation:
            bytes.removeLast(bytes.count - place)
        case .splice:
            let start = numbers.next(below: bytes.count)
            let part = Array(bytes[start..<min(bytes.count, start + numbers.next(below: 100))])
            bytes.replaceSubrange(place..<min(bytes.count, place + numbers.next(below: 2) * part.count), with: part)
        case .length:
            let size = [1, 2, 4, 8][numbers.next(below: 4)]
            let lie = littleEndian(Self.lengths[numbers.next(below: Self.lengths.count)], size)
            bytes.replaceSubrange(place..<min(bytes.count, place + size), with: lie)
        case .insertion:
            let noise = (0...numbers.next(below: 8)).map { _ in UInt8(numbers.next(below: 256)) }
            bytes.insert(contentsOf: noise, at: place)
        case .instruction:
            let known = Array("N(]})teusab0RQhq2".utf8) + [0x81, 0x85, 0x86, 0x87, 0x88, 0x8F, 0x90, 0x93, 0x94]
            bytes[place] = known[numbers.next(below: known.count)]
        case .global:
            let name = Array(Self.globals[numbers.next(below: Self.globals.count)].utf8)
            let start = bytes[place...].firstIndex(of: UInt8(ascii: "c")) ?? place
            bytes.replaceSubrange(start..<min(bytes.count, start + numbers.next(below: name.count + 1)), with: name)
        }
        return bytes
    }

    /// Small, so that damage is likely to meet something that matters.
    private func seeds() throws -> [[UInt8]] {
        let path = CheckpointBytes.temporaryPath("x.safetensors")
        defer { unlink(path) }
        try Safetensors(tensors: ["a": Tensor([1, 2], shape: [2, 1]), "b": Tensor([3])], metadata: ["k": "v"])
            .write(to: path)
        let tensor = CheckpointBytes.tensor(CheckpointBytes.storage(4), offset: 1, shape: [1, 2], strides: [2, 1])
        let object = [0x7D, 0x28] + CheckpointBytes.text("w") + tensor + CheckpointBytes.text("n") + [0x68, 0, 0x75]
        let legacy = CheckpointBytes.legacy(
            [0x4B, 1, 0x71, 0, 0x30] + object, [("s", 4, CheckpointBytes.floats([1, 2, 3, 4]))])
        let foreign =
            CheckpointBytes.global("argparse", "Namespace") + [0x29, 0x81, 0x7D]
            + CheckpointBytes.text("lr") + [0x4B, 1, 0x73, 0x62]
        let withForeign = CheckpointBytes.legacy(
            [0x7D, 0x28] + CheckpointBytes.text("model") + object + CheckpointBytes.text("args") + foreign + [0x75],
            [("s", 4, CheckpointBytes.floats([1, 2, 3, 4]))])
        return [
            // Without checksums, so that damage to the pickle is not found before it is read.
            try CheckpointBytes.fixture("narrow.pth"), legacy, Array(try Data(contentsOf: URL(fileURLWithPath: path))),
            legacy, try CheckpointBytes.fixture("bare.pth"), withForeign, withForeign,
        ]
    }

    private func read(_ bytes: [UInt8]) throws {
        if case .zip = FileLook(head: Array(bytes.prefix(512))) {
            try readCheckpoint(bytes)
        } else if bytes.first == 0x80 {
            try readCheckpoint(bytes)
        } else {
            _ = try Safetensors(bytes: bytes, named: "x")
        }
    }

    private func readCheckpoint(_ bytes: [UInt8]) throws {
        let file = try PyTorchFile(bytes: bytes, named: "x")
        for (_, tensor) in try file.checkpoint().tensors where tensor.elementType == .float32 {
            _ = try tensor.floats()
        }
    }

    /// The largest memory that this process had, in bytes.
    private func peakMemory() -> Int {
        var usage = rusage()
        return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss * 1024 : 0
    }

    /// What this thread has computed: other suites may keep it waiting.
    private func secondsOfThread() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test(arguments: 0..<4)
    func `are read or refused, soon and in little memory`(part: Int) throws {
        let seeds = try seeds()
        for seed in seeds { try? read(seed) }
        let before = peakMemory()
        var numbers = Numbers(state: UInt64(part))
        var refused = 0
        var slowest = 0.0
        for number in 0..<8000 {
            let bytes = damaged(seeds[number % seeds.count], &numbers)
            let start = secondsOfThread()
            do { try read(bytes) } catch is TensorError { refused += 1 }
            slowest = max(slowest, secondsOfThread() - start)
        }
        #expect(slowest < 1)
        // Other suites share the process; a file that was believed would ask for gigabytes.
        #expect(peakMemory() - before < 2 << 30)
        // Some damage is to names and numbers only.
        #expect((2000..<7990).contains(refused), "refused \(refused) of 8000")
    }
}
