using System.CommandLine;
using Holdfast.Cli.Notebooks;
using Holdfast.Data;

namespace Holdfast.Cli.Data;

/// <summary><c>holdfast data show</c>: what is in a pack.</summary>
internal static class ShowVerb
{
    private const int FewSizes = 5, FewGroups = 10, MostClasses = 200;

    public static Command Create()
    {
        var (path, format) = (DataVerb.Pack(), Output.Format());
        var sheet = new Option<string?>("--sheet") { Description = "Draw a contact sheet into this file, a PNG: of each class its name, its count and some images.", HelpName = "FILE" };
        var samples = new Option<int>("--samples") { Description = "Images of each class on the sheet. Default 8.", HelpName = "COUNT", DefaultValueFactory = _ => 8 };
        samples.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var count) && count is >= 1 and <= 100)) result.AddError($"--samples is a number from 1 to 100, not '{text}'.");
        });
        var command = new Command("show", "Show what is in a pack: classes, counts, sizes, files that are there twice, files that were left out; and samples as a contact sheet.") { path, sheet, samples, format };
        command.SetAction(parse => DataVerb.With(parse.GetValue(path)!, pack =>
        {
            var summary = PackSummary.Of(pack.Rows);
            if (parse.GetValue(sheet) is { } file)
            {
                if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder)) return Output.Fail($"{file} cannot be written: there is no folder {folder}.");
                var drawn = ContactSheet.Draw(pack, parse.GetValue(samples), MostClasses);
                if (!drawn.Ok) return Output.Fail(drawn.Fault.Message);
                FileReplacement.Write(file, drawn.Value);
            }

            if (parse.GetValue(format) == "json") WriteJson(pack.Info, summary);
            else WriteText(pack, summary);
            return 0;
        }));
        return command;
    }

    private static void WriteText(PackReader pack, PackSummary summary)
    {
        var info = pack.Info;
        Console.WriteLine($"{pack.Path}: {DataVerb.Number(info.Count)} images, {info.Height} high and {info.Width} wide, of {info.Source}");
        Console.WriteLine();
        Output.Table(["CLASS", "IMAGES", "SHARE", "TRAIN", "VALID"],
            [.. summary.Classes.Select(one => new[] { DataVerb.Label(one.Label), DataVerb.Number(one.Count), DataVerb.Share((double)one.Count / info.Count), DataVerb.Number(one.Train), DataVerb.Number(one.Valid) })]);
        Console.WriteLine();
        var sizes = string.Join(", ", summary.Sizes.Take(FewSizes).Select(size => $"{size.Width} × {size.Height} ({DataVerb.Number(size.Count)})"));
        Console.WriteLine($"Originals, width × height: {sizes}{(summary.Sizes.Count > FewSizes ? $" and {summary.Sizes.Count - FewSizes} more" : "")}");
        if (summary.Duplicates.Count > 0) Console.WriteLine($"{Output.Count(summary.Duplicates.Count, "file")} there more than once:");
        foreach (var group in summary.Duplicates.Take(FewGroups))
        {
            var warning = group.Labels.Count > 1 ? $", labelled {string.Join(" and ", group.Labels)}" : group.Leaks ? ", for training and for validation" : "";
            Console.WriteLine($"  {string.Join(", ", group.Keys)}{warning}");
        }

        if (summary.Duplicates.Count > FewGroups) Console.WriteLine($"  and {summary.Duplicates.Count - FewGroups} more; -o json has all");
        foreach (var left in info.LeftOut) Console.WriteLine($"Left out: {left.Path}: {left.Reason}");
    }

    private static void WriteJson(PackInfo info, PackSummary summary) => Output.Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("count", info.Count);
        json.WriteNumber("height", info.Height);
        json.WriteNumber("width", info.Width);
        json.WriteString("source", info.Source);
        json.WriteStartArray("classes");
        foreach (var one in summary.Classes)
        {
            json.WriteStartObject();
            json.WriteString("label", one.Label);
            json.WriteNumber("count", one.Count);
            json.WriteNumber("train", one.Train);
            json.WriteNumber("valid", one.Valid);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("sizes");
        foreach (var size in summary.Sizes)
        {
            json.WriteStartObject();
            json.WriteNumber("width", size.Width);
            json.WriteNumber("height", size.Height);
            json.WriteNumber("count", size.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("duplicates");
        foreach (var group in summary.Duplicates)
        {
            json.WriteStartObject();
            json.WriteString("sha256", group.Sha256);
            json.WriteStartArray("keys");
            foreach (var key in group.Keys) json.WriteStringValue(key);
            json.WriteEndArray();
            json.WriteStartArray("labels");
            foreach (var label in group.Labels) json.WriteStringValue(label);
            json.WriteEndArray();
            json.WriteBoolean("leaks", group.Leaks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        LeftOutJson.Write(json, info);
        json.WriteEndObject();
    });
}
