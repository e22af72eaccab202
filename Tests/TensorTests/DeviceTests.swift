// SPDX-License-Identifier: MIT

import Reporting
import Testing

@testable import Tensor

@Suite struct `A device` {
    @Test(arguments: [("cpu", Device.cpu), ("cuda", .cuda(0)), ("cuda:0", .cuda(0)), ("cuda:13", .cuda(13))])
    func `is read from its name`(text: String, device: Device) {
        #expect(Device(text) == device)
    }

    @Test(arguments: ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:1:2", "CPU", "cuda:256", "cpu:0"])
    func `has no other name`(text: String) {
        #expect(Device(text) == nil)
    }

    @Test func `is the processor for tensors that nothing is said of`() throws {
        let tensor = try Tensor([1, 2, 3], shape: [3])
        #expect(tensor.device == .cpu)
        #expect(try tensor.onDevice().floats() == [1, 2, 3])
        #expect(try Tensor.full(2, shape: [2]).device == .cpu)
    }

    /// The last card that can have a number is on no machine.
    @Test func `that is not there says what is missing`() throws {
        let error = try #require(throws: TensorError.self) { try Engine.prepare(threads: 1, device: .cuda(255)) }
        guard case .deviceMissing(_, let reason) = error else {
            Issue.record("another error: \(error)")
            return
        }
        #expect(
            reason.hasPrefix("this libtorch is for the processor alone") || reason.contains("the cards here are 0 to")
                || reason == "there is no NVIDIA card, or no driver for it" || reason.contains("lib"))
        #expect(error.exitKind == .missing && "\(error)".hasSuffix("without a card: device=cpu"))
        #expect(try Tensor([1], shape: [1]).device == .cpu)
    }

    /// Without a card too: they are members of a class that only that library's own header declares.
    @Test(.enabled(if: Engine.isForCards, "this libtorch is for the processor alone"))
    func `has graphs that are known here where libtorch is for cards`() {
        #expect(Engine.graphProblem == nil)
    }

    @Test(arguments: TrainingPrecision.allCases)
    func `multiplies at a rate that can be measured`(precision: TrainingPrecision) throws {
        let rate = try Engine.measuredMatrixRate(in: precision)
        #expect(rate > 0 && rate.isFinite)
    }

    @Test func `has no memory of its own where it is the processor`() throws {
        #expect(try Engine.peakCardBytes() == nil)
        #expect(Engine.device == .cpu)
    }

    @Test func `that is not there has no rate`() {
        #expect(throws: TensorError.self) { try Engine.measuredMatrixRate(in: .tf32, on: .cuda(255)) }
    }

    /// At least 9, as libtorch 2.11 and later have it.
    @Test(.enabled(if: Engine.convolutionLibraryVersion != nil, "this libtorch brings none: it is for the processor alone"))
    func `has a library that convolves where libtorch brings one`() throws {
        let version = try #require(Engine.convolutionLibraryVersion)
        #expect(version.wholeMatch(of: /(9|[1-9][0-9])\.[0-9]+\.[0-9]+/) != nil, "\(version)")
    }
}
