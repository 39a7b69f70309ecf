using System.Globalization;
using System.Text.Json;

namespace Holdfast.Hub.Jobs;

/// <summary>The parts of a job: shards, or the trials of a sweep.</summary>
internal static class JobParts
{
    private const int DefaultTrials = 10;

    /// <summary>What is wrong with a sweep, with the field and the mend; null when nothing is.</summary>
    public static string? Problem(JobSweep sweep)
    {
        if (sweep.Method is not (null or "grid" or "random")) return $"sweep.method: grid or random, not '{sweep.Method}'.";
        if (sweep.Goal is not (null or "minimize" or "maximize")) return $"sweep.goal: minimize or maximize, not '{sweep.Goal}'.";
        if (sweep.MaxParallel is < 1) return "sweep.max_parallel: 1 or more.";
        if (sweep.Trials is < 1 or > JobRules.MostParts) return $"sweep.trials: 1 to {JobRules.MostParts}.";
        if (sweep.Parameters is not { Count: > 0 }) return "sweep.parameters: one at least, each with its values.";
        foreach (var (name, values) in sweep.Parameters)
        {
            if (values.ValueKind == JsonValueKind.Array)
            {
                if (values.GetArrayLength() == 0) return $"sweep.parameters: {name} has no values.";
                if (values.EnumerateArray().Any(value => value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)) return $"sweep.parameters: values of {name} are texts, numbers, true or false.";
            }
            else if (sweep.Method != "random") return $"sweep.parameters: {name} is a list of values; only method: random takes a range.";
            else if (RangeOf(values) is null) return $"sweep.parameters: {name} is a list of values, or {{min, max, scale: linear|log, integer: true|false}} with min below max, above 0 for log.";
        }
        return sweep.Method == "random" || Count(sweep) <= JobRules.MostParts ? null : $"sweep.parameters: more than {JobRules.MostParts} combinations; mend: fewer values, or method: random with trials.";
    }

    /// <summary>How many parts a job has; 0 for one that runs itself.</summary>
    public static int Count(JobSpec spec) => spec.Sweep is { } sweep ? (int)Count(sweep) : spec.Shards > 1 ? spec.Shards : 0;

    /// <summary>What each part is to do.</summary>
    /// <param name="spec">The whole job, with its name and output.</param>
    public static IEnumerable<JobSpec> Of(JobSpec spec)
    {
        if (spec.Sweep is not { } sweep)
        {
            for (var shard = 0; shard < spec.Shards; shard++) yield return spec with { Shards = 1, Output = $"{spec.Output}/shard-{shard}" };
            yield break;
        }
        // The generator is ours to keep: System.Random with a seed gives the same numbers as long as its algorithm stays, which is promised for seeded ones.
        var random = new Random(sweep.Seed ?? 0);
        for (var trial = 0; trial < Count(sweep); trial++)
        {
            var parameters = spec.Parameters.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
            // The last parameter changes fastest, as in a nested loop.
            var left = Count(sweep);
            foreach (var (name, values) in sweep.Parameters)
            {
                if (sweep.Method != "random") left /= values.GetArrayLength();
                parameters[name] = sweep.Method == "random" ? Draw(values, random) : values[(int)(trial / left % values.GetArrayLength())];
            }
            yield return spec with { Sweep = null, Parameters = parameters, Output = $"{spec.Output}/trial-{trial}" };
        }
    }

    private static long Count(JobSweep sweep) => sweep.Method == "random" ? sweep.Trials ?? DefaultTrials
        : sweep.Parameters.Values.Aggregate(1L, (product, values) => Math.Min(product * values.GetArrayLength(), int.MaxValue));

    private static JsonElement Draw(JsonElement values, Random random)
    {
        if (values.ValueKind == JsonValueKind.Array) return values[random.Next(values.GetArrayLength())];
        var (min, max, isLog, isWhole) = RangeOf(values)!.Value;
        var drawn = random.NextDouble();
        var value = isLog ? Math.Exp(Math.Log(min) + drawn * (Math.Log(max) - Math.Log(min))) : min + drawn * (max - min);
        return Number(!isWhole ? value : isLog ? Math.Round(value) : Math.Floor(min + drawn * (max - min + 1)));
    }

    private static JsonElement Number(double value)
    {
        using var document = JsonDocument.Parse(value.ToString("R", CultureInfo.InvariantCulture));
        return document.RootElement.Clone();
    }

    private static (double Min, double Max, bool IsLog, bool IsWhole)? RangeOf(JsonElement range)
    {
        if (range.ValueKind != JsonValueKind.Object || range.EnumerateObject().Any(field => field.Name is not ("min" or "max" or "scale" or "integer"))) return null;
        if (!range.TryGetProperty("min", out var low) || low.ValueKind != JsonValueKind.Number || !range.TryGetProperty("max", out var high) || high.ValueKind != JsonValueKind.Number) return null;
        var (min, max) = (low.GetDouble(), high.GetDouble());
        var scale = !range.TryGetProperty("scale", out var how) ? "linear" : how.ValueKind == JsonValueKind.String ? how.GetString() : null;
        var isWhole = range.TryGetProperty("integer", out var whole) && whole.ValueKind == JsonValueKind.True;
        return min < max && scale is "linear" or "log" && (scale == "linear" || min > 0) && double.IsFinite(max - min) ? (min, max, scale == "log", isWhole) : null;
    }
}
