using System.CommandLine;
using System.Globalization;
using Holdfast.Data;

namespace Holdfast.Cli.Data;

/// <summary><c>holdfast data split</c>: which images are for training and which for validation.</summary>
internal static class SplitVerb
{
    public static Command Create()
    {
        var (path, seed, format) = (DataVerb.Pack(), DataVerb.Seed(), Output.Format());
        var valid = new Option<double?>("--valid") { Description = "The share for validation, drawn by chance, as 0.2.", HelpName = "SHARE" };
        valid.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and < 1)) result.AddError($"--valid is a share from 0 to below 1, such as 0.2, not '{text}'.");
        });
        var from = new Option<string?>("--from") { Description = "Take the parts from a CSV file: keys in its first column, the column split with train and valid.", HelpName = "FILE" };
        var command = new Command("split", "Part the images of a pack into those for training and those for validation. Without --valid and --from it shows the parts that are there.") { path, valid, from, seed, format };
        DataVerb.Exclude(valid, from);
        command.SetAction(parse =>
        {
            var pack = parse.GetValue(path)!;
            DataFault? fault = null;
            if (parse.GetValue(valid) is { } share) fault = PackEdit.SetSplits(pack, rows => Splitter.Random(rows.Count, share, parse.GetValue(seed)));
            else if (parse.GetValue(from) is { } file)
            {
                var table = KeyedTable.Read(file, "split");
                fault = table.Ok ? PackEdit.SetSplits(pack, rows => Splitter.FromTable(rows, table.Value)) : table.Fault;
            }

            if (fault is not null) return Output.Fail(fault.Message);
            return DataVerb.With(pack, reader =>
            {
                Write(reader.Rows, parse.GetValue(format) == "json");
                return 0;
            });
        });
        return command;
    }

    private static void Write(IReadOnlyList<ManifestRow> rows, bool isJson)
    {
        var parts = new[] { Splitter.Train, Splitter.Valid, "" }.Select(part => (Name: part, Count: rows.Count(row => row.Split == part))).ToList();
        if (!isJson)
        {
            Console.WriteLine(string.Join(", ", parts.Where(part => part.Count > 0).Select(part => $"{DataVerb.Number(part.Count)} {(part.Name.Length > 0 ? part.Name : "in no part")}")));
            return;
        }

        Output.Json(json =>
        {
            json.WriteStartObject();
            foreach (var (name, count) in parts) json.WriteNumber(name.Length > 0 ? name : "none", count);
            json.WriteEndObject();
        });
    }
}
