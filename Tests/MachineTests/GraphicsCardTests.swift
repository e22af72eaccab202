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

    @Test func `is not read from what an error says`() {
        #expect(
            GraphicsCard.cards("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n").isEmpty)
        #expect(GraphicsCard.cards("").isEmpty)
    }
}
