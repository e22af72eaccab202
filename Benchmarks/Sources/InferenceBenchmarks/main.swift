// SPDX-License-Identifier: MIT

import Backbones
import Foundation
import Layers
import Randomness
import Tensor

// Embeds the same batch once for every line on standard input, which names how (`network`, `folded32`, `folded16`), and
// answers with the wall seconds and the processor seconds outside the kernel that it took. Meant to take turns with
// another program: see inference.py.

func wallSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Processor time of all threads, without the kernel's.
func userSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
}

let arguments = CommandLine.arguments
guard arguments.count == 6, let backbone = Backbone(rawValue: arguments[1]) else {
    FileHandle.standardError.write(Data("usage: InferenceBenchmarks BACKBONE THREADS BATCH HEIGHT WIDTH\n".utf8))
    exit(64)
}
let numbers = arguments.dropFirst(2).compactMap { Int($0) }
try Engine.prepare(threads: numbers[0])
let shape = [numbers[1], 3, numbers[2], numbers[3]]

let network = try EmbeddingNetwork(NetworkShape(backbone: backbone), random: RandomKey(seed: 1))
let single = try network.folded(Folding(domain: .target))
let half = try network.folded(Folding(domain: .target, precision: .bfloat16))
var stream = RandomKey(seed: 2).stream("images")
let images = try Tensor((0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) }, shape: shape)

while let line = readLine() {
    let (wall, user) = (wallSeconds(), userSeconds())
    switch line {
    case "network": _ = try withoutGradients { try network(images, .inference(.target)) }
    case "folded32": _ = try single(images)
    case "folded16": _ = try half(images)
    default: exit(64)
    }
    let answer = "\(wallSeconds() - wall) \(userSeconds() - user)\n"
    FileHandle.standardOutput.write(Data(answer.utf8))
}
