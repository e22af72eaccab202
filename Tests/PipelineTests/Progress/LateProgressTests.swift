// SPDX-License-Identifier: MIT

import Testing

@testable import Pipeline

@Suite struct `Late progress` {
    private func shown(_ moments: [(seconds: Double, done: Int)]) -> String {
        let (time, output) = (ManualTime(), Recorder(columns: 80))
        let progress = LateProgress(label: "data", unit: "images", output: output, clock: time.clock)
        for moment in moments {
            time.seconds = moment.seconds
            progress.show(moment.done, of: 10)
        }
        progress.finish()
        return output.text
    }

    @Test func `is nothing for what takes less than a second`() {
        #expect(shown([(0, 0), (0.9, 10)]) == "")
    }

    @Test func `is a line for what takes longer`() {
        let text = shown([(0, 0), (1, 4), (2, 10)])
        #expect(text.contains("4/10 images") && text.contains("10/10 images") && text.contains("done in 2 s"), "\(text)")
    }
}
