// SPDX-License-Identifier: MIT

/// What a TensorBoard event may hold under a tag.
///
/// - SeeAlso: TensorFlow, `summary.proto` and `tensor.proto`; TensorBoard, `plugins/hparams/plugin_data.proto`: the field
///   numbers.
enum TensorBoardSummary {
    case scalar(Float)
    /// A PNG file, whose size its header says.
    case picture([UInt8])
    /// Markdown.
    case text(String)
    /// The settings of a run, which the table of hyperparameters shows beside its scalars.
    case settings([String: JSONValue], began: Double)
    /// How a run with settings ended.
    case end(isSuccess: Bool, time: Double)

    /// The tags under which the plugin for hyperparameters looks for the settings and for the end.
    static let settingsTag = "_hparams_/session_start_info"
    static let endTag = "_hparams_/session_end_info"

    /// The message `Summary.Value`.
    func value(tag: String) -> ProtocolMessage {
        ProtocolMessage { value in
            value.append(text: tag, field: 1)
            switch self {
            case .scalar(let number): value.append(float: number, field: 2)
            case .picture(let file): value.append(message: Self.image(file), field: 4)
            case .text(let text):
                value.append(message: Self.tensor(text: text), field: 8)
                value.append(message: Self.metadata(plugin: "text", dataClass: 2), field: 9)
            case .settings(let settings, let began):
                let start = ProtocolMessage { start in
                    for (name, setting) in settings.sorted(by: { $0.key < $1.key }) {
                        start.append(message: Self.entry(name, setting), field: 1)
                    }
                    start.append(double: began, field: 5)
                }
                Self.appendHyperparameters(start, field: 3, to: &value)
            case .end(let isSuccess, let time):
                let end = ProtocolMessage { end in
                    end.append(integer: isSuccess ? 1 : 2, field: 1)
                    end.append(double: time, field: 2)
                }
                Self.appendHyperparameters(end, field: 4, to: &value)
            }
        }
    }

    // MARK: Messages

    /// Height, width, the number of channels, and the file.
    private static func image(_ file: [UInt8]) -> ProtocolMessage {
        // A PNG file begins with eight bytes of its own, and a chunk's length and name.
        let number = { (start: Int) in file.dropFirst(start).prefix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return ProtocolMessage { image in
            image.append(integer: number(20), field: 1)
            image.append(integer: number(16), field: 2)
            image.append(integer: 3, field: 3)
            image.append(bytes: file, field: 4)
        }
    }

    /// One text as a tensor of the type 7, of shape `[1]`.
    private static func tensor(text: String) -> ProtocolMessage {
        ProtocolMessage { tensor in
            tensor.append(integer: 7, field: 1)
            tensor.append(message: shapeOfOne, field: 2)
            tensor.append(text: text, field: 8)
        }
    }

    private static var shapeOfOne: ProtocolMessage {
        ProtocolMessage { shape in
            shape.append(message: ProtocolMessage { $0.append(integer: 1, field: 1) }, field: 2)
        }
    }

    private static func metadata(plugin: String, content: ProtocolMessage? = nil, dataClass: UInt64) -> ProtocolMessage {
        ProtocolMessage { metadata in
            let data = ProtocolMessage { data in
                data.append(text: plugin, field: 1)
                if let content { data.append(message: content, field: 2) }
            }
            metadata.append(message: data, field: 1)
            metadata.append(integer: dataClass, field: 4)
        }
    }

    /// What the plugin for hyperparameters reads is in the metadata; the value beside it is one float that says nothing.
    private static func appendHyperparameters(
        _ content: ProtocolMessage, field: UInt64, to value: inout ProtocolMessage
    ) {
        let tensor = ProtocolMessage { tensor in
            tensor.append(integer: 1, field: 1)
            tensor.append(message: shapeOfOne, field: 2)
            tensor.append(float: 0, field: 5)
        }
        value.append(message: tensor, field: 8)
        let data = ProtocolMessage { $0.append(message: content, field: field) }
        value.append(message: metadata(plugin: "hparams", content: data, dataClass: 2), field: 9)
    }

    /// An entry of a map of `google.protobuf.Value`.
    private static func entry(_ name: String, _ setting: JSONValue) -> ProtocolMessage {
        let value = ProtocolMessage { value in
            switch setting {
            case .bool(let flag): value.append(integer: flag ? 1 : 0, field: 4)
            case .integer(let number): value.append(double: Double(number), field: 2)
            case .number(let number) where number.isFinite: value.append(double: number, field: 2)
            case .string(let text): value.append(text: text, field: 3)
            case .null, .number, .array, .object: value.append(text: setting.canonicalText, field: 3)
            }
        }
        return ProtocolMessage { entry in
            entry.append(text: name, field: 1)
            entry.append(message: value, field: 2)
        }
    }
}
