// SPDX-License-Identifier: MIT

import Pipeline

/// Progress that nobody sees.
struct Nowhere: ProgressOutput {
    let columns: Int? = nil
    let usesColour = false
    func write(_ text: String) {}
}
