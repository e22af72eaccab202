// SPDX-License-Identifier: MIT

extension PlanStatus: Encodable {
    private enum Keys: String, CodingKey {
        case experiment, seed, data, dataParts = "data_parts", stages
        case name, method, settings, inputs, outputs, key, status, from, seconds, resume, forecast
    }

    /// The plan much as `plan.json` has it, with `key`, `status` and where it is known `forecast` in each stage.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(plan.experiment, forKey: .experiment)
        try container.encode(plan.seed, forKey: .seed)
        try container.encode(plan.dataDigest, forKey: .data)
        try container.encodeIfPresent(plan.dataParts, forKey: .dataParts)
        if let forecast, !forecast.stages.isEmpty {
            try container.encode(
                StageForecast(
                    seconds: forecast.seconds, memoryBytes: forecast.memoryBytes, cardBytes: forecast.cardBytes,
                    diskBytes: forecast.leftBytes,
                    scratchBytes: forecast.scratchBytes), forKey: .forecast)
        }
        var list = container.nestedUnkeyedContainer(forKey: .stages)
        for stage in stages {
            var item = list.nestedContainer(keyedBy: Keys.self)
            try item.encode(stage.plan.name, forKey: .name)
            try item.encode(stage.plan.method, forKey: .method)
            try item.encode(stage.plan.settings, forKey: .settings)
            try item.encode(stage.plan.inputs, forKey: .inputs)
            try item.encode(stage.plan.outputs, forKey: .outputs)
            try item.encode(stage.key, forKey: .key)
            try item.encodeIfPresent(forecast?.stages[stage.plan.name], forKey: .forecast)
            switch stage.status {
            case .run:
                try item.encode("run", forKey: .status)
            case .reuse(let origin, let seconds):
                try item.encode("reuse", forKey: .status)
                try item.encode(origin, forKey: .from)
                try item.encode(seconds, forKey: .seconds)
            case .resume(let point):
                try item.encode("resume", forKey: .status)
                try item.encode(point, forKey: .resume)
            }
        }
    }
}
