using System.CommandLine;
using System.Globalization;
using Holdfast.Data;

namespace Holdfast.Cli.Data;

/// <summary><c>holdfast data weights</c>: how often images are drawn, and what an epoch then is.</summary>
internal static class WeightsVerb
{
    public static Command Create()
    {
        var (path, seed, format) = (DataVerb.Pack(), DataVerb.Seed(), Output.Format());
        var power = new Option<double?>("--power") { Description = "Weigh each image by the number of images of its class to this power: -0.5 draws rare classes more often, -1 all classes equally often.", HelpName = "POWER" };
        var from = new Option<string?>("--from") { Description = "Take the weights from a CSV file: keys in its first column, the column weight. Its order does not matter.", HelpName = "FILE" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what they would be, and write nothing." };
        var command = new Command("weights", "Give the images of a pack weights, and show what an epoch then draws. Without --power and --from it shows the weights that are there.") { path, power, from, dryRun, seed, format };
        power.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))) result.AddError($"--power is a number, such as -0.5, not '{text}'.");
        });
        DataVerb.Exclude(power, from);
        command.SetAction(parse => DataVerb.With(parse.GetValue(path)!, pack =>
        {
            DataResult<double[]> Weigh(IReadOnlyList<ManifestRow> rows)
            {
                if (parse.GetValue(power) is { } exponent) return WeightTable.ByCount(rows, exponent);
                var table = KeyedTable.Read(parse.GetValue(from)!, "weight");
                return table.Ok ? WeightTable.FromTable(rows, table.Value) : table.Fault;
            }

            var isNew = parse.GetValue(power) is not null || parse.GetValue(from) is not null;
            var weights = isNew ? Weigh(pack.Rows) : WeightTable.Stored(pack.Rows);
            if (!weights.Ok) return Output.Fail(weights.Fault.Message);
            if (isNew && !parse.GetValue(dryRun) && PackEdit.SetWeights(pack.Path, Weigh) is { } fault) return Output.Fail(fault.Message);
            return Write(pack.Rows, weights.Value, parse.GetValue(seed), parse.GetValue(format) == "json");
        }));
        return command;
    }

    private static int Write(IReadOnlyList<ManifestRow> rows, double[] weights, uint seed, bool isJson)
    {
        // Validation is never drawn from.
        var training = rows.Zip(weights).Where(each => each.First.Split != Splitter.Valid).ToList();
        var (labels, drawn) = (training.Select(each => each.First.Label).ToList(), training.Select(each => each.Second).ToList());
        if (drawn.Sum() == 0) return Output.Fail("All images for training have the weight 0, so nothing can be drawn.");

        var draws = WeightedSampler.Draw(drawn, drawn.Count, seed);
        var counts = draws.CountBy(number => labels[number]).ToDictionary(StringComparer.Ordinal);
        var correction = WeightedSampler.PriorCorrection(labels, drawn);
        var classes = labels.CountBy(label => label).OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal).ToList();
        var (expected, distinct) = (WeightedSampler.ExpectedDistinct(drawn, drawn.Count) / drawn.Count, draws.Distinct().Count());
        if (!isJson)
        {
            Output.Table(["CLASS", "IMAGES", "SHARE", "DRAWN", "SHARE DRAWN", "CORRECTION"], [.. classes.Select(each => new[]
            {
                DataVerb.Label(each.Key), DataVerb.Number(each.Value), DataVerb.Share((double)each.Value / labels.Count), DataVerb.Number(counts.GetValueOrDefault(each.Key)),
                DataVerb.Share((double)counts.GetValueOrDefault(each.Key) / draws.Length), Factor(correction[each.Key]),
            })]);
            Console.WriteLine();
            Console.WriteLine($"An epoch is {DataVerb.Number(draws.Length)} draws with replacement; it sees {DataVerb.Number(distinct)} different images, {DataVerb.Share((double)distinct / draws.Length)} of those for training (expected {DataVerb.Share(expected)}).");
            Console.WriteLine("The others come in later epochs. Probabilities of a model that was trained so are to be multiplied by CORRECTION and scaled to 1 (dls.correct_prior).");
            return 0;
        }

        Output.Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("draws", draws.Length);
            json.WriteNumber("distinct", distinct);
            json.WriteNumber("expected_distinct_share", Math.Round(expected, 6));
            json.WriteStartArray("classes");
            foreach (var (label, count) in classes)
            {
                json.WriteStartObject();
                json.WriteString("label", label);
                json.WriteNumber("count", count);
                json.WriteNumber("drawn", counts.GetValueOrDefault(label));
                if (double.IsFinite(correction[label])) json.WriteNumber("correction", correction[label]);
                else json.WriteNull("correction");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        return 0;
    }

    private static string Factor(double factor) => double.IsFinite(factor) ? factor.ToString("0.000", CultureInfo.InvariantCulture) : "never drawn";
}
