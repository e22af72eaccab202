// SPDX-License-Identifier: MIT

import Tensor
import Testing

@testable import Experiments

@Suite struct `The rates of a card` {
    private let rates: [TrainingPrecision: Double] = [.fp32: 51.2e12, .tf32: 400e12, .bf16: 760e12]

    @Test func `are given for each precision`() {
        let found = CardRates(1) { try #require(rates[$0]) }
        #expect("\(found)" == "cuda:1 51200 GFLOP/s in fp32, 400000 GFLOP/s in tf32, 760000 GFLOP/s in bf16")
        #expect(found.problem == nil)
    }

    @Test func `say why one is not there`() {
        let found = CardRates(0) { precision in
            guard precision == .bf16 else { throw TensorError.outOfMemory("add", shapes: [], reason: "taken") }
            return 760e12
        }
        #expect(found.fp32 == nil && found.tf32 == nil && found.bf16 == 760e12)
        #expect(
            "\(found)"
                == "cuda:0 760000 GFLOP/s in bf16, not enough memory for add(): taken. Close other programs, or choose smaller "
                + "batches or images; a run that has begun can be continued with --resume")
    }
}
