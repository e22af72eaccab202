// SPDX-License-Identifier: MIT

internal import Configuration
internal import Foundation
internal import Machine
public import Reporting
public import Tensor

/// What an experiment computes on.
public enum DeviceChoice: Sendable, Hashable {
    /// What the variable `PASSERBY_DEVICE` names; without it the first card where one is there that libtorch can compute on,
    /// else the processor.
    case best
    case device(Device)

    /// What that is on this machine.
    package var device: Device {
        switch self {
        case .device(let device): device
        case .best: Self.named ?? (GraphicsCard.hasDriver && ((try? Engine.cardCount()) ?? 0) > 0 ? .cuda(0) : .cpu)
        }
    }

    private static var named: Device? { variable.flatMap(Device.init) }

    /// What `PASSERBY_DEVICE` says; nothing where it leaves the choice to this machine.
    private static var variable: String? {
        ProcessInfo.processInfo.environment["PASSERBY_DEVICE"].flatMap { ["", "auto"].contains($0) ? nil : $0 }
    }

    /// Looks whether the variable names a device, where it decides.
    ///
    /// - Throws: ``DeviceChoiceError``.
    package func checkVariable() throws(DeviceChoiceError) {
        guard self == .best, let name = Self.variable, Device(name) == nil else { return }
        throw .unknownVariable(name)
    }
}

/// What can be wrong with the choice of a device outside an experiment's file.
public enum DeviceChoiceError: ReportedError, Equatable {
    /// `PASSERBY_DEVICE` names none.
    case unknownVariable(String)

    public var exitKind: ExitKind { .usage }

    public var description: String {
        switch self {
        case .unknownVariable(let name):
            "PASSERBY_DEVICE is '\(name)'; allowed: auto, cpu, cuda, cuda:N"
                + (nearest(to: name, among: DeviceChoice.allCases.map(\.rawValue)).map { " (did you mean '\($0)'?)" } ?? "")
        }
    }
}

extension DeviceChoice: RawRepresentable, CaseIterable {
    /// What is suggested; `cuda:1` and so on are allowed too.
    public static var allCases: [DeviceChoice] { [.best, .device(.cpu), .device(.cuda(0))] }

    /// `auto`, `cpu`, `cuda` for the first card, or `cuda:1`; nothing for anything else.
    public init?(rawValue: String) {
        if rawValue == "auto" {
            self = .best
        } else {
            guard let device = Device(rawValue) else { return nil }
            self = .device(device)
        }
    }

    public var rawValue: String {
        switch self {
        case .best: "auto"
        case .device(.cuda(0)): "cuda"
        case .device(let device): "\(device)"
        }
    }
}
