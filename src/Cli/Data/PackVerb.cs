using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Holdfast.Data;

namespace Holdfast.Cli.Data;

/// <summary><c>holdfast data pack</c>: a folder of images as one file of pixels that is read at memory speed.</summary>
internal static partial class PackVerb
{
    /// <summary>The exit code of a pack that was made without some of the images.</summary>
    public const int LeftOut = 3;

    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder of the images: JPEG and PNG, in folders named after their class or any other." };
        var output = new Option<string?>("--output", "-o") { Description = "The pack, a folder. One that is there is brought up to date. Default DIR.pack.", HelpName = "PACK" };
        var size = new Option<(int Height, int Width)?>("--size")
        {
            Description = "Height and width of each image in the pack, as 256x192, or one number for squares. Needed for a new pack.",
            HelpName = "HxW",
            CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (SizeText().Match(text) is { Success: true } match)
            {
                var height = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                var width = match.Groups[2].Success ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : height;
                if (height is >= 1 and <= PackShape.Largest && width is >= 1 and <= PackShape.Largest) return (height, width);
            }

            result.AddError($"--size is HEIGHTxWIDTH or one number, each from 1 to {PackShape.Largest}, not '{text}'.");
            return null;
        }
        };
        var method = Choice<PackMethod>("--method", "What becomes of other shapes: crop (out of the middle), squish or pad (with black). Default crop.");
        var filter = Choice<PackFilter>("--filter", "How pixels are made of pixels: bilinear, bicubic or lanczos, each antialiased. Default bilinear.");
        var key = Choice<PackKey>("--key", "What images are called: name (of the file) or path (from DIR). Default names where they are unique, else paths.");
        var labels = new Option<string?>("--labels") { Description = "A CSV file with the labels: keys in its first column, the column label. The word folder takes the name of the folder an image is in: the default of a new pack. One that is there keeps what it has.", HelpName = "FILE" };
        var pattern = new Option<string?>("--label-pattern") { Description = "A regular expression over the path whose first group is the label, as '^([a-z]+)_'.", HelpName = "REGEX" };
        var json = new Option<bool>("--json") { Description = "Say as JSON what was done." };
        var command = new Command("pack", "Pack a folder of images: decoded, upright, resized, on all cores. Only new and changed files are decoded; what was interrupted goes on. Files that cannot be decoded are listed, and the exit code is then 3.") { folder, output, size, method, filter, key, labels, pattern, json };
        DataVerb.Exclude(labels, pattern);
        command.SetAction(parse =>
        {
            var dir = parse.GetValue(folder)!;
            var pack = parse.GetValue(output) ?? $"{Path.TrimEndingDirectorySeparator(dir)}.pack";
            var rule = parse.GetValue(labels) is { } table ? table == LabelRule.Folder.Text ? LabelRule.Folder : LabelRule.Table(table) : parse.GetValue(pattern) is { } regex ? LabelRule.Pattern(regex) : default;
            if (rule.Fault is { } fault) return Output.Fail(fault.Message);
            var shape = Shape(pack, parse.GetValue(size), parse.GetValue(method), parse.GetValue(filter));
            return Run(new PackOptions(dir, pack, shape, parse.GetValue(key), rule.Value), parse.GetValue(json));
        });
        return command;
    }

    /// <summary>What is asked for, over what the pack has; null when it has nothing and no size is asked for.</summary>
    private static PackShape? Shape(string pack, (int Height, int Width)? size, PackMethod? method, PackFilter? filter)
    {
        using var reader = PackReader.Open(pack).Value;
        var old = reader?.Info.Shape;
        if (old is null && size is null) return null;
        return new PackShape(size?.Height ?? old!.Height, size?.Width ?? old!.Width, method ?? old?.Method ?? PackMethod.Crop, filter ?? old?.Filter ?? PackFilter.Bilinear);
    }

    private static int Run(PackOptions options, bool isJson)
    {
        using var interrupted = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupted.Cancel();
        });
        DataResult<PackOutcome> packed;
        using (var bar = new PackBar(TimeProvider.System)) packed = PackWriter.Pack(options, bar.Tell, interrupted.Token);
        if (!packed.Ok) return Output.Fail(packed.Fault.Message);
        var (info, outcome) = (packed.Value.Info, packed.Value);
        foreach (var left in info.LeftOut) Output.Fail($"{Path.Combine(options.Folder, left.Path)} is left out: {Output.Sentence(left.Reason)}");
        if (isJson) WriteJson(options.Pack, outcome);
        else
        {
            var done = string.Join(", ", new[] { (outcome.Decoded, "decoded"), (outcome.Twins, "with the bytes of another"), (outcome.Resumed, "decoded before the interruption"), (outcome.Kept, "unchanged"), (outcome.Removed, "removed"), (outcome.Unlabelled, "without a label") }
                .Where(part => part.Item1 > 0).Select(part => $"{DataVerb.Number(part.Item1)} {part.Item2}"));
            Console.WriteLine($"{options.Pack}: {DataVerb.Number(info.Count)} images, {info.Height} high and {info.Width} wide, {ByteText.Of((long)info.Count * info.Shape.Bytes)}; {done}{(outcome.IsChanged ? "" : "; nothing to write")}.");
            if (info.LeftOut.Count > 0) Console.WriteLine($"{DataVerb.Number(info.LeftOut.Count)} left out.");
        }

        return info.LeftOut.Count > 0 ? LeftOut : 0;
    }

    private static void WriteJson(string pack, PackOutcome outcome) => Output.Json(json =>
    {
        var info = outcome.Info;
        json.WriteStartObject();
        json.WriteString("pack", pack);
        json.WriteNumber("count", info.Count);
        json.WriteNumber("height", info.Height);
        json.WriteNumber("width", info.Width);
        json.WriteNumber("decoded", outcome.Decoded);
        json.WriteNumber("twins", outcome.Twins);
        json.WriteNumber("resumed", outcome.Resumed);
        json.WriteNumber("unchanged", outcome.Kept);
        json.WriteNumber("removed", outcome.Removed);
        json.WriteNumber("unlabelled", outcome.Unlabelled);
        json.WriteBoolean("written", outcome.IsChanged);
        LeftOutJson.Write(json, info);
        json.WriteEndObject();
    });

    private static Option<T?> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        var words = Enum.GetNames<T>().Select(word => word.ToLowerInvariant()).ToArray();
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = name.TrimStart('-').ToUpperInvariant(),
            CustomParser = result =>
            {
                if (words.Contains(result.Tokens[0].Value)) return Enum.Parse<T>(result.Tokens[0].Value, ignoreCase: true);
                result.AddError($"{name} is {string.Join(", ", words[..^1])} or {words[^1]}, not '{result.Tokens[0].Value}'.");
                return null;
            },
        };
        option.CompletionSources.Add(words);
        return option;
    }

    [GeneratedRegex(@"^([0-9]{1,5})(?:x([0-9]{1,5}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex SizeText();
}
