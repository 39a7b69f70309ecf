namespace Holdfast.Cli.Notebooks;

internal static class ExportModules
{
    public static int Run(string[] named, string? output, bool isCheck) => throw new NotImplementedException($"{named}{output}{isCheck}");
}
