// SPDX-License-Identifier: MIT

/// Keeps whoever gives the device its work from being far ahead of it: what a step was given stays in the device's memory until
/// the step is done.
package struct DeviceLead {
    /// With a step given ahead the device never runs out of work.
    private static let most = 2
    private var given: [DeviceMark] = []

    package init() {}

    /// Waits for the last step but two, when a step has been given.
    package mutating func endStep() throws {
        given.append(try DeviceMark())
        if given.count > Self.most { try given.removeFirst().wait() }
    }
}
