// SPDX-License-Identifier: MIT

import Testing

@testable import Machine

@Suite struct `A graphics card` {
    @Test func `is read from a line of nvidia-smi`() {
        let text = "0, NVIDIA H100 80GB HBM3, 81559, 80994, 9.0, 580.65.06\n1, NVIDIA A2, [N/A], 4, 8.6, 580.65.06\n"
        let driver = "580.65.06"
        #expect(
            GraphicsCard.cards(text) == [
                GraphicsCard(
                    number: 0, name: "NVIDIA H100 80GB HBM3", totalBytes: 81_559 << 20, freeBytes: 80_994 << 20,
                    computeCapability: "9.0", driver: driver),
                GraphicsCard(
                    number: 1, name: "NVIDIA A2", totalBytes: 0, freeBytes: 4 << 20, computeCapability: "8.6",
                    driver: driver),
            ])
    }

    /// CUDA numbers those that it shows from 0.
    @Test(
        arguments: [
            (nil, [0, 1, nil]), ("1,0", [1, 0, nil]), ("1", [1, nil, nil]), (" 1 , 0", [1, 0, nil]), ("", [nil, nil, nil]),
            ("GPU-8932f937", [nil, nil, nil]), ("5", [nil, nil, nil]),
        ] as [(String?, [Int?])])
    func `has another number where a process is shown some of them`(shown: String?, numbers: [Int?]) {
        let cards = GraphicsCard.cards("0, A, 1, 1, 9.0, 1\n1, B, 1, 1, 9.0, 1\n")
        #expect((0..<3).map { GraphicsCard.numbered($0, among: cards, shown: shown)?.number } == numbers)
    }

    @Test func `is not read from what an error says`() {
        #expect(
            GraphicsCard.cards("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n").isEmpty)
        #expect(GraphicsCard.cards("").isEmpty)
    }

    @Test(arguments: [
        (nil, ["0", "1", "2"]), ("2,0", ["2", "0"]), ("GPU-4b1f, 1", ["GPU-4b1f", "1"]), ("", []), ("1,-1,2", ["1"]),
    ])
    func `are called as CUDA calls them`(shown: String?, names: [String]) {
        let cards = (0..<3).map {
            GraphicsCard(number: $0, name: "card", totalBytes: 0, freeBytes: 0, computeCapability: "9.0", driver: "570")
        }
        #expect(GraphicsCard.visible(among: cards, shown: shown) == names)
    }
}
