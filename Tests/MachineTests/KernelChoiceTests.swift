// SPDX-License-Identifier: MIT

import Testing

@testable import Machine

@Suite struct `The choice of kernels` {
    private func way(
        _ asked: String?, _ retrieval: Double, _ training: Double, by library: KernelMeasurement.Library = .openblas,
        kernels: String? = nil, isRight: Bool = true
    ) -> KernelMeasurement {
        KernelMeasurement(
            asked: asked, library: library, kernels: kernels ?? asked ?? "Prescott", retrieval: retrieval,
            training: training,
            isRight: isRight)
    }

    @Test func `is the fastest that was measured, whatever the library takes the processor for`() throws {
        // A Sapphire Rapids that OpenBLAS 0.3.21 takes for a Prescott.
        let choice = try #require(
            KernelChoice(among: [
                way("SkylakeX", 138e9, 130e9), way("Haswell", 80e9, 75e9), way(nil, 34e9, 33e9),
                way(nil, 34e9, 135e9, by: .libtorch),
            ]))
        #expect(choice.retrieval.asked == "SkylakeX")
        // 135 is not faster than 130 by a tenth.
        #expect(choice.training.library == .openblas)
    }

    @Test func `takes libtorch's own library where that is clearly faster`() throws {
        let choice = try #require(
            KernelChoice(among: [
                way("SkylakeX", 138e9, 100e9), way(nil, 34e9, 33e9), way(nil, 34e9, 135e9, by: .libtorch),
            ]))
        #expect(choice.retrieval.asked == "SkylakeX")
        #expect(choice.training.library == .libtorch)
        let lines = choice.environment(libtorch: "/somewhere/libtorch_cpu.so").split(separator: "\n")
        #expect(lines.suffix(2) == ["OPENBLAS_CORETYPE=SkylakeX", "PASSERBY_PRELOAD='/somewhere/libtorch_cpu.so'"])
    }

    @Test func `keeps the likeliest where noise alone tells them apart`() throws {
        let choice = try #require(KernelChoice(among: [way("SkylakeX", 100e9, 100e9), way("Haswell", 109e9, 109e9)]))
        #expect(choice.retrieval.asked == "SkylakeX")
    }

    @Test func `leaves the library alone where its own choice is clearly faster`() throws {
        let choice = try #require(
            KernelChoice(among: [
                way("SkylakeX", 100e9, 100e9), way(nil, 120e9, 120e9, kernels: "SapphireRapids"),
            ]))
        #expect(choice.retrieval.asked == nil)
        #expect(choice.environment(libtorch: "").contains("\nOPENBLAS_CORETYPE=\nPASSERBY_PRELOAD=''\n"))
    }

    @Test func `never takes kernels that multiply wrongly, however fast`() throws {
        let wrong = way("SkylakeX", 500e9, 500e9, isRight: false)
        let choice = try #require(KernelChoice(among: [wrong, way("Haswell", 80e9, 80e9)]))
        #expect(choice.retrieval.asked == "Haswell")
        #expect(KernelChoice(among: [wrong]) == nil)
        #expect(KernelChoice(among: []) == nil)
    }
}

@Suite struct `An instruction set` {
    private let avx512 = ["avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"]

    @Test func `is as wide as its flags say, whoever made the processor`() {
        #expect(InstructionSet(flags: ["sse2", "avx2", "fma"] + avx512).width == .avx512)
        #expect(InstructionSet(flags: ["sse2", "avx2", "fma", "avx512f"]).width == .avx2)
        #expect(InstructionSet(flags: ["sse2", "avx2"]).width == .narrow)
        #expect(InstructionSet(flags: []).width == .narrow)
    }

    @Test func `has tiles of bfloat16 where both parts are there`() {
        #expect(InstructionSet(flags: ["amx_tile", "amx_bf16"]).hasAMX)
        #expect(!InstructionSet(flags: ["amx_tile", "amx_int8"]).hasAMX)
        #expect(InstructionSet(flags: ["avx512_bf16"]).hasBF16)
    }

    @Test func `does more in a cycle the wider it is`() {
        let rates = InstructionSet.Width.allCases.map { width in
            InstructionSet(flags: width == .avx512 ? avx512 : width == .avx2 ? ["avx2", "fma"] : []).operationsPerCycle
        }
        #expect(rates == [8, 16, 32])
    }
}

@Suite struct `What the system says of a processor` {
    @Test func `is what it says of the first one`() {
        let text = """
            processor\t: 0
            model name\t: Some CPU @ 2:1
            flags\t\t: fma avx2
            power management:

            processor\t: 1
            model name\t: Another CPU
            """
        let found = Processor.properties(text)
        #expect(found["model name"] == "Some CPU @ 2:1" && found["flags"] == "fma avx2" && found["processor"] == "0")
        // A flag is no property, and neither is a part of a key.
        #expect(found["fma"] == nil && found["model"] == nil && found["power management"] == nil)
        #expect(Processor.properties("") == [:])
    }
}
