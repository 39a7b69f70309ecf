using System.CommandLine;
using System.Globalization;
using Holdfast.Data;

namespace Holdfast.Cli.Data;

/// <summary><c>holdfast data</c>: packs of images, which need no server.</summary>
internal static class DataVerb
{
    public static Command Create() => new("data", "Image data for training: packed once, weighted by key, read at memory speed by 'import holdfast.data'. It needs no server.")
    {
        PackVerb.Create(),
        ShowVerb.Create(),
        WeightsVerb.Create(),
        SplitVerb.Create(),
    };

    /// <summary>The argument of verbs for one pack.</summary>
    public static Argument<string> Pack() => new("PACK") { Description = "The folder of a pack, which 'data pack' has made." };

    /// <summary>The seed of a verb that draws.</summary>
    public static Option<uint> Seed() => new("--seed") { Description = "Of the draws, which are NumPy's RandomState(SEED). Default 42.", HelpName = "SEED", DefaultValueFactory = _ => 42 };

    /// <summary>Lets a command line have at most one of two options.</summary>
    public static void Exclude(Option one, Option other) => one.Validators.Add(result =>
    {
        if (result.GetResult(other) is not null) result.AddError($"{one.Name} and {other.Name} exclude each other.");
    });

    /// <summary>Opens a pack for a verb, which gives the exit code.</summary>
    public static int With(string path, Func<PackReader, int> work)
    {
        var opened = PackReader.Open(path);
        if (!opened.Ok) return Output.Fail(opened.Fault.Message);
        using var pack = opened.Value;
        try
        {
            return work(pack);
        }
        catch (InvalidDataException e)
        {
            return Output.Fail(e.Message);
        }
    }

    public static string Share(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture).Replace("%", " %", StringComparison.Ordinal);

    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Label(string label) => label.Length > 0 ? label : "(no label)";
}
