// SPDX-License-Identifier: MIT

internal import CTorch

/// What the device has been given up to here, for whoever measures time and does not want it to run out of work meanwhile.
package final class DeviceMark {
    private let handle: OpaquePointer

    package init() throws {
        var made: OpaquePointer?
        try check("mark", [], pt_mark_make(&made))
        guard let made else { preconditionFailure("a mark that was made is there") }
        handle = made
    }

    deinit { pt_mark_free(handle) }

    /// Waits until the device has done it; the processor has.
    package func wait() throws { try check("mark", [], pt_mark_wait(handle)) }
}
